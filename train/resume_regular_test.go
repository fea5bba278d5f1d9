package train_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"anneal/runs"
	"anneal/train"
)

// regular is a setting with what regularises, of 6 epochs.
type regular struct {
	accumulate    int // 1: 18 steps, 2: 12, 5: 6
	smoothing     float64
	ema, minDelta float64
	swa, patience int
	stops         []int
}

func (r regular) of(t *testing.T) train.Config {
	t.Helper()
	c := settings[r.accumulate].of(t)
	c.Epochs, c.Accumulate, c.LabelSmoothing, c.EMA = 6, r.accumulate, r.smoothing, r.ema
	c.SWA, c.Patience, c.MinDelta = r.swa, r.patience, r.minDelta
	return c
}

// TestResumeRegularised stops runs with averages, accumulated gradients and early stopping anywhere.
func TestResumeRegularised(t *testing.T) {
	early := 0
	for _, r := range []regular{
		{accumulate: 1, ema: 0.9, stops: []int{1, 7, 12}},
		{accumulate: 2, stops: []int{1, 4, 5, 11}},
		{accumulate: 2, ema: 0.99, smoothing: 0.1, patience: 6, stops: []int{2, 3, 9}},
		{accumulate: 5, ema: 0.5, patience: 6, stops: []int{1, 2, 3, 4, 5}},
		{accumulate: 2, ema: 0.9, smoothing: 0.2, patience: 2, minDelta: 0.2, stops: []int{1, 4, 5}},
		{accumulate: 1, swa: 1, stops: []int{1, 3, 7, 12}},
		{accumulate: 1, swa: 3, stops: []int{2, 8, 9, 10, 15, 17}},
		{accumulate: 2, swa: 6, stops: []int{9, 10, 11}},
		{accumulate: 1, ema: 0.9, patience: 3, minDelta: 1, stops: []int{3, 7, 11}},
	} {
		t.Run(fmt.Sprintf("%+v", r), func(t *testing.T) {
			straight, stopped := r.of(t), r.of(t)
			want, err := train.Run(t.Context(), straight)
			if err != nil {
				t.Fatal(err)
			}
			if want.End.Reason == runs.StoppedEarly {
				early++
			}
			part := train.Run
			for _, step := range r.stops {
				stopAt(t, stopped, part, step)
				part = resume
			}
			got, err := resume(t.Context(), stopped)
			if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(train.Result{}, "Params", "EMA", "SWA"),
				cmpopts.IgnoreFields(runs.Epoch{}, "TrainSeconds", "TestSeconds")); err != nil ||
				diff != "" {
				t.Errorf("result: %v (-want +got)\n%s", err, diff)
			}
			names := []string{runs.BestFile}
			if r.ema > 0 {
				names = append(names, runs.EMAFile)
			}
			if r.swa > 0 {
				names = append(names, runs.SWAFile)
			}
			sameRuns(t, stopped.Dir, straight.Dir, names...)
		})
	}
	if early < 2 {
		t.Errorf("%d runs stopped early, want 2", early)
	}
}
