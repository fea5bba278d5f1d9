package train_test

import (
	"slices"
	"strings"
	"testing"

	"anneal/runs"
	"anneal/train"
)

// lastOf is the number of epochs that Keras's EarlyStopping lets through: self.wait counts those of which
// monitor_op(value − min_delta, best) is not true, and the one that takes it to patience is the last.
func lastOf(epochs []runs.Epoch, by runs.Best, patience int, delta float64) int {
	best, wait := 0.0, 0
	for i, e := range epochs {
		value := e.TestAccuracy
		if by == runs.ByLoss {
			value = -e.TestLoss
		}
		if i == 0 || value-delta > best {
			best, wait = value, 0
			continue
		}
		if wait++; wait >= patience {
			return i + 1
		}
	}
	return len(epochs)
}

func TestEarlyStopping(t *testing.T) {
	early := 0
	for _, by := range []runs.Best{runs.ByAccuracy, runs.ByLoss} {
		whole := small(t)
		whole.Epochs, whole.Best, whole.ChooseBy = 12, by, runs.ByTest
		all := finished(t)(train.Run(t.Context(), whole)).Epochs
		for _, patience := range []int{1, 2, 3, 12} {
			for _, delta := range []float64{0, 0.01, 0.2} {
				c := small(t)
				c.Epochs, c.Best, c.Patience, c.MinDelta, c.ChooseBy = 12, by, patience, delta, runs.ByTest
				r, err := train.Run(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				want, reason := lastOf(all, by, patience, delta), runs.StoppedEarly
				if want == len(all) {
					reason = runs.Completed
				} else {
					early++
				}
				if len(r.Epochs) != want || r.End.Reason != reason || r.Epochs[want-1].TestLoss != all[want-1].TestLoss {
					t.Errorf(
						"%s, patience %d, min delta %v: %s after %d epochs, want %s after %d",
						by,
						patience,
						delta,
						r.End.Reason,
						len(r.Epochs),
						reason,
						want,
					)
				}
			}
		}
	}
	if early < 6 {
		t.Errorf("only %d runs stopped early", early)
	}
}

// A run that stopped early does so again, also when it is asked for more epochs, and one that had just ended does not
// go on.
func TestResumeAfterStoppingEarly(t *testing.T) {
	for _, epochs := range []int{20, 2} {
		c := small(t)
		c.ChooseBy = runs.ByTest
		c.Epochs, c.Patience, c.MinDelta = epochs, 1, 1 // nothing is an improvement by more than all samples
		first, err := train.Run(t.Context(), c)
		if err != nil || len(first.Epochs) != 2 ||
			first.End.Reason != map[int]string{20: runs.StoppedEarly, 2: runs.Completed}[epochs] {
			t.Fatalf("%d epochs: got %+v, %v", epochs, first.End, err)
		}
		final := read(t, c.Dir, runs.FinalFile)
		for _, more := range []int{epochs, 30} {
			var starts []runs.Start
			c.Epochs, c.Observers = more, []runs.Observer{collect(&starts)}
			r, err := resume(t.Context(), c)
			want := runs.StoppedEarly
			if more == 2 {
				want = runs.Completed
			}
			if err != nil || r.End.Reason != want || len(r.Epochs) != 2 {
				t.Errorf("%d epochs, then %d: got %+v, %v", epochs, more, r, err)
			}
			if more == epochs && !slices.Equal(read(t, c.Dir, runs.FinalFile), final) {
				t.Errorf("%d epochs: the weights have changed", epochs)
			}
			if more > epochs && (len(starts[0].Changes) != 1 || !strings.Contains(starts[0].Changes[0], "stopped early")) {
				t.Errorf("%d epochs, then %d: got changes %q", epochs, more, starts[0].Changes)
			}
		}
		if m := lines(t, c.Dir); m[len(m)-1]["reason"] != runs.StoppedEarly || len(m) != 6+2+1 {
			t.Errorf("%d epochs: got metrics %v", epochs, m)
		}
	}
}
