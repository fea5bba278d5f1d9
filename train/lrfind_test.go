package train_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// sweep is a sweep with the model, the data and the solver of a run.
func sweep(c train.Config, from, to float64, steps int) train.Sweep {
	return train.Sweep{
		Model: c.Model, Train: c.Train, Solver: c.Solver, Tuning: c.Tuning, Batch: c.Batch, Seed: c.Seed, Params: c.Params,
		From: from, To: to, Steps: steps,
	}
}

func TestFindRate(t *testing.T) {
	c := small(t)
	var first []float64
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if s, ok := e.(runs.Step); ok {
			first = append(first, s.Loss)
		}
		return nil
	}}
	c.Seed, c.Solver = 5, solvers.SGD{LR: 1e-4}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	curve, err := train.FindRate(t.Context(), sweep(c, 1e-4, 1, 9))
	if err != nil {
		t.Fatal(err)
	}
	if len(curve.Points) != 9 || curve.Diverged {
		t.Fatalf("got %+v", curve)
	}
	for i, p := range curve.Points {
		if want := math.Pow(10, -4+float64(i)/2); !(math.Abs(p.Rate-want) <= 1e-12*want) {
			t.Errorf("step %d: got rate %v, want %v", i+1, p.Rate, want)
		}
	}
	if curve.Points[0].Rate != 1e-4 || curve.Points[8].Rate != 1 || curve.Points[0].Loss != first[0] ||
		curve.Points[1].Loss != first[1] {
		t.Errorf("got %+v, want the rates 0.0001 to 1 and at first the losses of a run at 0.0001, %v", curve.Points, first)
	}
	again, err := train.FindRate(t.Context(), sweep(c, 1e-4, 1, 9))
	if err != nil || !slices.Equal(again.Points, curve.Points) {
		t.Errorf("again: got %+v, %v", again, err)
	}
}

// TestFindRateRestores sweeps until nothing is finite any more, and wants the parameters as they were, buffers and all.
func TestFindRateRestores(t *testing.T) {
	c := small(t)
	c.Params = compiled(t, 3, tensor.Float32)
	var before [][]float64
	for _, p := range c.Params.All() {
		before = append(before, bits(p.Value()))
	}
	curve, err := train.FindRate(t.Context(), sweep(c, 1, 1e30, 0))
	if err != nil {
		t.Fatal(err)
	}
	if !curve.Diverged || len(curve.Points) == 200 {
		t.Errorf("got %+v, want it diverged", curve)
	}
	for i, p := range c.Params.All() {
		if !slices.Equal(bits(p.Value()), before[i]) {
			t.Errorf("%s has changed", p.Name())
		}
	}
}

func TestFindRateErrors(t *testing.T) {
	for _, c := range []struct {
		sweep train.Sweep
		want  string
	}{
		{train.Sweep{From: 1, To: 0.1}, "from 1 to 0.1"},
		{train.Sweep{From: -1}, "from -1 to 10"},
		{train.Sweep{To: math.Inf(1)}, "to +Inf"},
		{train.Sweep{From: math.NaN()}, "from NaN"},
		{train.Sweep{Steps: 1}, "1 step: want at least 2"},
	} {
		s := sweep(small(t), c.sweep.From, c.sweep.To, c.sweep.Steps)
		if _, err := train.FindRate(t.Context(), s); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.sweep, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := train.FindRate(ctx, sweep(small(t), 0, 0, 0)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	c := small(t)
	c.Solver = nil
	if _, err := train.FindRate(t.Context(), sweep(c, 0, 0, 0)); err == nil || !strings.Contains(err.Error(), "Solver") {
		t.Errorf("no solver: got %v", err)
	}
}

// Which rate suits a custom model and data set?
func ExampleFindRate() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", b.Flatten(x), 8)))
		return b.Linear("fc2", h, 2)
	}
	pixels := []float32{
		1, 1, 0, 0,
		0, 0, 1, 1,
		2, 1, 0, 0,
		0, 0, 1, 2,
	}
	set, err := data.NewMemory([3]int{1, 2, 2}, 2, pixels, []int32{0, 1, 0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	curve, err := train.FindRate(context.Background(), train.Sweep{
		Model: model, Train: set, Solver: solvers.SGD{Momentum: 0.9}, From: 1e-4, To: 1, Steps: 50,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	valley, _ := curve.Valley()
	fmt.Printf("between 0.001 and 0.1: %v\n", 0.001 < valley.Rate && valley.Rate < 0.1)
	// Output:
	// between 0.001 and 0.1: true
}
