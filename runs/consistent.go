package runs

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"anneal/internal/plural"
)

// consistent returns an error if the events in metrics.jsonl of the run of a record contradict each other, as those of
// no run do.
func consistent(events []Event, record *Record) error {
	var epochs []Epoch
	step, update := 0, 0
	for i, e := range events {
		at := step
		switch e := e.(type) {
		case Step:
			if at = e.Step; at <= update {
				return fmt.Errorf("step %d comes after step %d", at, update)
			}
			update = at
		case Epoch:
			if want := len(epochs) + 1; e.Epoch != want {
				return fmt.Errorf("got epoch %d where epoch %d belongs", e.Epoch, want)
			}
			if err := e.consistent(); err != nil {
				return fmt.Errorf("epoch %d: %w", e.Epoch, err)
			}
			at = e.Step
			epochs = append(epochs, e)
		case Diagnostics:
			at = e.Step
		case Control:
			at = e.Step
		case Notice:
			at = e.Step
		case End:
			if err := e.consistent(epochs, record); err != nil {
				return fmt.Errorf("end: %w", err)
			}
			if i < len(events)-1 {
				return errors.New("there are events after the end")
			}
		}
		if at < step {
			return fmt.Errorf("an event after step %d comes after one of step %d", at, step)
		}
		step = at
	}
	return nil
}

// consistent returns an error if the numbers of an epoch contradict each other.
func (e Epoch) consistent() error {
	switch {
	case e.TestAccuracy < 0 || e.TestAccuracy > 1:
		return fmt.Errorf("test accuracy %v: want 0 to 1", e.TestAccuracy)
	case e.Correct < 0 || e.Correct > e.Total:
		return fmt.Errorf("%d of %d test samples correct", e.Correct, e.Total)
	case e.Total > 0 && !e.NoClasses && e.TestAccuracy != float64(e.Correct)/float64(e.Total):
		return fmt.Errorf("test accuracy %v with %d of %d correct", e.TestAccuracy, e.Correct, e.Total)
	case e.TrainSeconds < 0 || e.TestSeconds < 0:
		return fmt.Errorf("%v s of training and %v s of tests: want at least 0", e.TrainSeconds, e.TestSeconds)
	}
	return nil
}

// consistent returns an error if e does not close a run of these epochs. Ends of older versions of the program have
// neither the accuracy of the last epoch nor a choice.
func (e End) consistent(epochs []Epoch, record *Record) error {
	if !slices.Contains([]string{Completed, StoppedEarly, Interrupted, Diverged}, e.Reason) {
		return fmt.Errorf("reason %q: want %s, %s, %s or %s", e.Reason, Completed, StoppedEarly, Interrupted, Diverged)
	}
	if e.Epochs != len(epochs) {
		return fmt.Errorf("it counts %s, and there are %d", plural.Of(e.Epochs, "epoch"), len(epochs))
	}
	if len(epochs) == 0 {
		return nil
	}
	var p Progress
	for _, epoch := range epochs {
		p.Evaluate(epoch)
	}
	if e.BestEpoch != p.BestEpoch || e.BestAccuracy != p.BestAccuracy {
		return fmt.Errorf("best accuracy %v in epoch %d, and the epochs' is %v in epoch %d",
			e.BestAccuracy, e.BestEpoch, p.BestAccuracy, p.BestEpoch)
	}
	last := epochs[len(epochs)-1]
	if e.TestAccuracy != 0 && e.TestAccuracy != last.TestAccuracy || e.NoClasses && e.TestLoss != last.TestLoss {
		return fmt.Errorf("test accuracy %v, loss %v, and the last epoch's are %v and %v",
			e.TestAccuracy, e.TestLoss, last.TestAccuracy, last.TestLoss)
	}
	if c := e.Choice; c.Epoch > 0 && !reflect.DeepEqual(c, Choose(epochs, record.ChooseBy, record.Best)) {
		return fmt.Errorf("it chose %v, which the epochs do not say", c)
	}
	return nil
}
