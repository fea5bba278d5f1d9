package train_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// deep has no batch normalization and no dropout, so that a batch can be cut.
func deep(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc2", b.ReLU(b.Linear("fc1", b.Flatten(x), 8)), 3)
}

// Without batch normalization an update of several batches is one of a large batch, also where the epoch's last has
// fewer samples.
func TestAccumulationIsALargeBatch(t *testing.T) {
	for _, c := range []struct{ samples, batch, accumulate, large int }{
		{12, 2, 3, 6},
		{12, 4, 3, 12},
		{10, 2, 3, 6},  // the last update has 2 batches
		{11, 3, 2, 6},  // and here a smaller one, of 2 samples
		{10, 4, 9, 10}, // more than there are
		{10, 4, 1, 4},
	} {
		run := func(batch, accumulate int) (*graph.Params, []runs.Step) {
			config := small(t)
			var steps []runs.Step
			config.Model, config.Train, config.Params = deep, stripes(t, c.samples), graph.NewParams(1, tensor.Float64)
			config.Batch, config.Accumulate, config.Epochs, config.Dir = batch, accumulate, 5, ""
			config.Schedule, config.Interval = schedules.ExponentialLR{Gamma: 0.9}, runs.PerStep
			config.Tuning = solvers.Tuning{ClipNorm: 0.5}
			config.Observers = []runs.Observer{collect(&steps)}
			return finished(t)(train.Run(t.Context(), config)).Params, steps
		}
		got, steps := run(c.batch, c.accumulate)
		want, large := run(c.large, 1)
		for _, p := range want.All() {
			close64(t, fmt.Sprintf("%+v: %s", c, p.Name()), bits(got.Lookup(p.Name()).Value()), bits(p.Value()))
		}
		if len(steps) != len(large) {
			t.Fatalf("%+v: got %d steps, want %d", c, len(steps), len(large))
		}
		for i, s := range steps {
			close64(t, fmt.Sprintf("%+v: step %d", c, i+1), []float64{s.Loss, s.LR[0]}, []float64{large[i].Loss, large[i].LR[0]})
			if s.Epoch != large[i].Epoch || s.Seen != large[i].Seen {
				t.Errorf("%+v: got %+v, want %+v", c, s, large[i])
			}
		}
	}
}

// TestAccumulationCounts checks what a run of 3 batches an epoch counts with 2 of them an update.
func TestAccumulationCounts(t *testing.T) {
	c := small(t)
	var starts []runs.Start
	var steps []runs.Step
	c.Accumulate, c.Epochs, c.LogEvery, c.Keep, c.SaveEvery = 2, 3, 3, 100, 1
	c.Observers = []runs.Observer{collect(&starts), collect(&steps)}
	r := finished(t)(train.Run(t.Context(), c))
	if s := starts[0]; s.Batches != 3 || s.Updates != 2 || s.Steps != 6 || s.Epochs != 3 {
		t.Errorf("got start %+v", s)
	}
	for i, s := range steps {
		want := []runs.Step{{Batch: 2, Took: 2, Seen: 8}, {Batch: 3, Took: 1, Seen: 10}}[i%2]
		if s.Step != i+1 || s.Epoch != 1+i/2 || s.Batch != want.Batch || s.Took != want.Took || s.Seen != want.Seen {
			t.Errorf("step %d: got %+v, want %+v", i+1, s, want)
		}
	}
	if len(steps) != 6 || r.Epochs[2].Step != 6 {
		t.Errorf("got %d steps, epochs %+v", len(steps), r.Epochs)
	}
	if n := r.Params.Lookup("bn.num_batches_tracked").Value().Int64s()[0]; n != 9 {
		t.Errorf("batch normalization has seen %d batches, want 9", n)
	}
	// The third batch of each epoch is in its second update.
	if m := lines(t, c.Dir); len(m) != 3+3+1 || m[0]["step"] != 2.0 || m[2]["step"] != 4.0 {
		t.Errorf("got metrics %v", m)
	}

	limited := small(t)
	limited.Accumulate, limited.Steps = 2, 3
	if r := finished(t)(train.Run(t.Context(), limited)); len(r.Epochs) != 2 || r.Epochs[1].Step != 3 {
		t.Errorf("3 steps: got %+v", r.Epochs)
	}
}

func TestEveryNthBatchIsLogged(t *testing.T) {
	for _, c := range []struct {
		took int
		want []int
	}{{0, []int{4, 8}}, {1, []int{4, 8}}, {2, []int{4, 8}}, {3, []int{6, 9}}, {5, []int{5, 10}}} {
		var out strings.Builder
		observe := runs.Metrics(&out, 4)
		var logged []int
		for batch := max(c.took, 1); batch <= 10; batch += max(c.took, 1) {
			before := out.Len()
			if err := observe(runs.Step{Batch: batch, Took: c.took}); err != nil {
				t.Fatal(err)
			}
			if out.Len() > before {
				logged = append(logged, batch)
			}
		}
		if !slices.Equal(logged, c.want) {
			t.Errorf("updates of %d batches, every 4th: got %v, want %v", c.took, logged, c.want)
		}
	}
}

// Of every 0th batch nothing is told.
func TestNoBatchIsLogged(t *testing.T) {
	for _, n := range []int{0, -1} {
		if (runs.Step{Batch: 8}).Every(n) {
			t.Errorf("every %dth: got true", n)
		}
	}
}

// A step that has begun ends before a run stops.
func TestInterruptionWithinAnUpdate(t *testing.T) {
	c := small(t)
	c.Batch, c.Accumulate = 2, 3
	stopAt(t, c, train.Run, 1)
	i, err := weights.Inspect(c.Dir + "/" + runs.LastFile)
	if err != nil || i.Progress.Step != 1 || i.Progress.Batch != 3 || i.Progress.Seen != 6 {
		t.Errorf("got %+v, %v", i.Progress, err)
	}
}
