package runs

import (
	"fmt"
	"math"
)

// Command steers a run that is under way.
type Command struct {
	Action Action
	LR     float64 // of SetRate: the rate that the first parameter group is to have, finite and above 0
}

// Action is what a Command asks for.
type Action string

// The actions.
const (
	// Pause saves a checkpoint and stops training until Continue, or until the run's context is done.
	Pause    Action = "pause"
	Continue Action = "continue" // ends the pause
	// SetRate scales the rates of all groups, from the next update on, so that the first group has Command.LR.
	SetRate Action = "rate"
	Stop    Action = "stop" // ends the run as if its context were done: all is saved, the reason is Interrupted
)

// Validate returns an error that says what is wrong with c, and what is allowed.
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
