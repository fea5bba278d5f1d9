package train

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Command asks a run that is under way for something; see Config.Commands.
type Command struct {
	Action Action
	LR     float64 // of SetRate: the rate that the first parameter group is to have, finite and above 0
}

// Action is what a Command asks for.
type Action string

// The actions.
const (
	Pause    Action = "pause"    // save a checkpoint, and train no further until Continue, or until the run's context is done
	Continue Action = "continue" // end the pause
	SetRate  Action = "rate"     // scale the rates of all groups, from the next update on, so that the first has Command.LR then
	Stop     Action = "stop"     // end the run as if its context were done: all is saved, the reason is Interrupted
)

// Validate tells what is wrong with c, and what is allowed.
func (c Command) Validate() error {
	switch c.Action {
	case Pause, Continue, Stop:
	case SetRate:
		if !(0 < c.LR && c.LR <= math.MaxFloat64) {
			return fmt.Errorf("lr %g: want a finite number above 0", c.LR)
		}
	default:
		return fmt.Errorf("action %q: want %q, %q, %q or %q", c.Action, Pause, Continue, SetRate, Stop)
	}
	return nil
}

// Scale turns the rates of the schedules into those of the updates, rate/From·To, of which From itself becomes To to the bit. The zero
// value leaves them as they are.
type Scale struct {
	From float64 `json:"from"` // what the schedule gave the first group when SetRate last came
	To   float64 `json:"to"`   // what it was to have
}

func (s Scale) of(rate float64) float64 {
	if s == (Scale{}) {
		return rate
	}
	return rate / s.From * s.To
}

// steer does what the commands that have come ask for, before the next update. A pause moves started, so that it takes no time.
func (r *run) steer(ctx context.Context, started *time.Time) error {
	for ctx.Err() == nil {
		select {
		case c, ok := <-r.Commands:
			var err error
			switch {
			case !ok:
				r.Commands = nil
			case c.Action == Pause:
				err = r.pause(ctx, started)
			case c.Action != Continue: // there is no pause to end
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

// pause waits for Continue, and does meanwhile what other commands ask for.
func (r *run) pause(ctx context.Context, started *time.Time) error {
	began := time.Now()
	defer func() { *started = started.Add(time.Since(began)) }()
	if err := r.obey(Command{Action: Pause}); err != nil {
		return err
	}
	r.at.Seconds = seconds(*started)
	if err := r.save(false); err != nil { // whoever pauses may be about to switch the machine off
		return err
	}
	for ctx.Err() == nil {
		select {
		case c, ok := <-r.Commands:
			if !ok {
				c = Command{Action: Continue} // nobody is left who could
			}
			if c.Action == Pause {
				continue
			}
			if err := r.obey(c); err != nil || c.Action == Continue {
				return err
			}
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// obey does what c asks for and tells so, or tells why it cannot be.
func (r *run) obey(c Command) error {
	done := Control{Epoch: r.at.Epoch, Step: r.at.Step, Action: c.Action}
	err := c.Validate()
	if err == nil && c.Action == SetRate {
		done.LR, err = r.rate.steer(r.at.Epoch-1, r.at.Step, c.LR)
	}
	if err != nil {
		return r.tell(Refused{c, err})
	}
	if c.Action == Stop {
		r.stop()
	}
	return r.tell(done)
}
