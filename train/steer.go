package train

import (
	"context"
	"time"

	"anneal/runs"
)

// steer carries out the commands that have come, before the next update.
func (r *run) steer(ctx context.Context) error {
	if r.team != nil {
		return r.steerTeam(ctx)
	}
	for ctx.Err() == nil {
		select {
		case c, ok := <-r.Commands:
			var err error
			switch {
			case !ok:
				r.Commands = nil
			case c.Action == runs.Pause:
				err = r.pause(ctx)
			case c.Action != runs.Continue: // there is no pause to end
				err = r.obey(c)
			}
			if err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return ctx.Err()
}

// pause waits for Continue, and carries out other commands meanwhile. Its time does not count.
func (r *run) pause(ctx context.Context) error {
	began := time.Now()
	defer func() { r.clock.pause(began) }()
	if err := r.obey(runs.Command{Action: runs.Pause}); err != nil {
		return err
	}
	if err := r.save(false); err != nil { // whoever pauses may be about to switch the machine off
		return err
	}
	for ctx.Err() == nil {
		select {
		case c, ok := <-r.Commands:
			if !ok {
				c = runs.Command{Action: runs.Continue} // nobody is left who could
			}
			if c.Action == runs.Pause {
				continue
			}
			if err := r.obey(c); err != nil || c.Action == runs.Continue {
				return err
			}
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// obey carries out c and tells the observers so, or tells them why it cannot.
func (r *run) obey(c runs.Command) error {
	passed := float64(r.at.Epoch-1) + float64(r.at.Seen)/float64(r.loader.Samples())
	done := runs.Control{Epoch: r.at.Epoch, Step: r.at.Step, Passed: passed, Action: c.Action}
	err := c.Validate()
	if err == nil && c.Action == runs.SetRate {
		done.LR, err = r.scheduler.steer(r.at.Epoch-1, r.at.Step, c.LR)
	}
	if err != nil {
		return r.tell(runs.Refused{Command: c, Err: err})
	}
	if c.Action == runs.Stop {
		r.stop()
	}
	return r.tell(done)
}
