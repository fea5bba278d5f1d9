package train

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"anneal/runs"
)

// steerTeam carries out, in all ranks before the same update, a command that has come to rank 0, and ends the run if
// any rank is asked to stop.
func (r *run) steerTeam(ctx context.Context) error {
	var paused time.Time
	defer func() {
		if !paused.IsZero() {
			r.clock.pause(paused)
		}
	}()
	for {
		c, stop, err := r.team.agree(r.nextCommand(!paused.IsZero()))
		if err != nil {
			return r.failed(err)
		}
		if stop {
			r.stop()
			return ctx.Err()
		}
		switch {
		case c == nil && paused.IsZero():
			return nil
		case c == nil || c.Action == runs.Pause && !paused.IsZero() || c.Action == runs.Continue && paused.IsZero():
			continue
		}
		if err := r.obey(*c); err != nil {
			return err
		}
		switch c.Action {
		case runs.Stop:
			return ctx.Err()
		case runs.Pause:
			paused = time.Now()
			if err := r.save(false); err != nil { // as pause does
				return err
			}
		case runs.Continue:
			r.clock.pause(paused)
			paused = time.Time{}
		}
	}
}

// beat is how often a team that pauses exchanges whether it goes on: far below any timeout.
const beat = time.Second

// nextCommand returns the next command that has come to rank 0, or nil. It refuses those that are not valid, and waits
// for a beat if the run pauses.
func (r *run) nextCommand(paused bool) (*runs.Command, error) {
	switch {
	case r.team.Rank() > 0, r.Commands == nil && !paused:
		return nil, nil
	case r.Commands == nil:
		return &runs.Command{Action: runs.Continue}, nil // nobody is left who could
	}
	c, open, came := r.receive(paused)
	switch {
	case !came:
		return nil, nil
	case !open:
		r.Commands = nil
		return nil, nil
	}
	if err := c.Validate(); err != nil {
		return nil, r.tell(runs.Refused{Command: c, Err: err})
	}
	return &c, nil
}

// receive returns a command that has come, if there is one, and whether others can come. In a pause it waits for a
// beat.
func (r *run) receive(paused bool) (c runs.Command, open, came bool) {
	select {
	case c, open = <-r.Commands:
		return c, open, true
	default:
	}
	if paused {
		select {
		case c, open = <-r.Commands:
			return c, open, true
		case <-time.After(beat):
		case <-r.team.asked.Done():
		}
	}
	return c, true, false
}

// agree returns, in all ranks, the command of rank 0, or nil, and whether any rank is asked to stop.
func (t *team) agree(c *runs.Command, failure error) (agreed *runs.Command, stop bool, err error) {
	if failure != nil {
		return nil, false, failure
	}
	const size = 128
	in, out := make([]byte, size), make([]byte, size*t.Size())
	if t.asked.Err() != nil {
		in[0] = 1
	}
	if c != nil {
		text, err := json.Marshal(c)
		if err != nil || len(text) > size-2 {
			return nil, false, fmt.Errorf("command %v of %d bytes: %w", *c, len(text), err)
		}
		in[1] = byte(copy(in[2:], text))
	}
	began := time.Now()
	err = t.AllGather(t.ctx, out, in)
	t.exchanging += time.Since(began)
	if err != nil {
		return nil, false, err
	}
	for rank := range t.Size() {
		stop = stop || out[rank*size] != 0
	}
	if out[1] > 0 {
		agreed = new(runs.Command)
		err = json.Unmarshal(out[2:2+out[1]], agreed)
	}
	return agreed, stop, err
}
