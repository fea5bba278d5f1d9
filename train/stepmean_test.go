package train_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"anneal/runs"
	"anneal/train"
)

// A line of a step has the mean over all samples since the last such line: with accumulation, across epochs, and in a
// run that stopped between two lines and went on with another interval.
func TestMeanSinceTheLastLine(t *testing.T) {
	for _, accumulate := range []int{1, 2} {
		for _, every := range []int{1, 2, 3} {
			c := small(t) // 3 batches of 4, 4 and 2 samples per epoch
			c.Epochs, c.Accumulate, c.LogEvery, c.SaveEvery, c.Keep = 4, accumulate, every, 1, 100
			var steps []runs.Step
			c.Observers = []runs.Observer{collect(&steps)}
			finished(t)(train.Run(context.Background(), c))
			checkMeans(t, c.Dir, steps)

			c.LogEvery, c.Observers = 2, nil
			for _, step := range []int{1, 2, 3, 5} {
				finished(t)(train.Resume(context.Background(), c, filepath.Join(c.Dir, runs.StepFile(step))))
				checkMeans(t, c.Dir, steps)
			}
		}
	}
}

// checkMeans compares the means in metrics.jsonl with those of all steps.
func checkMeans(t *testing.T, dir string, steps []runs.Step) {
	t.Helper()
	run, err := runs.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Steps) == 0 {
		t.Fatal("metrics.jsonl has no step")
	}
	next := 0
	for _, line := range run.Steps {
		sum, samples := 0.0, 0
		for ; next < line.Step; next++ {
			sum += steps[next].Loss * float64(steps[next].Samples)
			samples += steps[next].Samples
		}
		if want := sum / float64(samples); !(math.Abs(line.MeanLoss-want) < 1e-12) || line.MeanSamples != samples {
			t.Errorf("step %d: mean loss %v over %d samples, want %v over %d",
				line.Step, line.MeanLoss, line.MeanSamples, want, samples)
		}
	}
}
