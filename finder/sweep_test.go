package finder_test

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
	"anneal/finder"
	"anneal/graph"
	"anneal/internal/stream"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// stripes is a data set of n noisy 4x4 images in 3 classes: class c is bright in row c.
func stripes(t *testing.T, n int) *data.Memory {
	t.Helper()
	r := stream.New(7, "stripes")
	pixels, labels := make([]float32, 16*n), make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 3)
		for j := range 16 {
			pixels[16*i+j] = float32(0.3 * r.NormFloat64())
			if j/4 == i%3 {
				pixels[16*i+j]++
			}
		}
	}
	d, err := data.NewMemory([3]int{1, 4, 4}, 3, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// normed has batch normalization, with running statistics, and dropout.
func normed(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("bn", b.Linear("fc1", b.Flatten(x), 8)))
	return b.Linear("fc2", b.Dropout("drop", h, 0.2), 3)
}

// small is a search with 3 batches per epoch, the last one of which has 1 sample.
func small(t *testing.T) finder.Search {
	return finder.Search{
		Model: normed, Train: stripes(t, 9), Valid: stripes(t, 60), Solver: solvers.SGD{Momentum: 0.9}, Batch: 4,
	}
}

// sweep is a sweep over rates.
func sweep(s finder.Search, from, to float64, steps int) finder.Search {
	s.From, s.To, s.Steps = from, to, steps
	return s
}

// bits returns the values of all parameters and buffers.
func bits(t *testing.T, p *graph.Params) (all []string) {
	t.Helper()
	for _, param := range p.All() {
		all = append(all, fmt.Sprint(param.Name(), param.Value().Data()))
	}
	return all
}

func TestSweep(t *testing.T) {
	s := sweep(small(t), 1e-4, 1, 9)
	s.Seed, s.Train = 5, stripes(t, 10) // a last batch of 1 is none that Run can train on
	var first []float64
	_, err := train.Run(t.Context(), train.Config{
		Model: s.Model, Train: s.Train, Test: s.Valid, Solver: solvers.SGD{LR: 1e-4, Momentum: 0.9},
		Settings: train.Settings{Epochs: 1, Batch: 4, Steps: 2, Seed: 5},
		Observers: []runs.Observer{func(e runs.Event) error {
			if e, ok := e.(runs.Step); ok {
				first = append(first, e.Loss)
			}
			return nil
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	curve, err := finder.Sweep(t.Context(), s)
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
	again, err := finder.Sweep(t.Context(), s)
	if err != nil || !slices.Equal(again.Points, curve.Points) {
		t.Errorf("again: got %+v, %v", again, err)
	}
}

// TestRestores sweeps and tries until nothing is finite any more, and wants the parameters as they were, buffers and
// all, and the same result with them as without.
func TestRestores(t *testing.T) {
	s := sweep(small(t), 1, 1e30, 0)
	s.Params = graph.NewParams(3, tensor.Float32)
	how := graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 4, 4}}
	if _, err := graph.Compile(normed, s.Params, how); err != nil {
		t.Fatal(err)
	}
	before := bits(t, s.Params)
	for range 2 {
		r, err := finder.Find(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Curve.Diverged || len(r.Curve.Points) == 200 {
			t.Errorf("got %+v, want it diverged", r.Curve)
		}
		if !slices.Equal(bits(t, s.Params), before) {
			t.Error("the parameters have changed")
		}
	}
}

func TestSearchErrors(t *testing.T) {
	for _, c := range []struct {
		sweep finder.Search
		want  string
	}{
		{finder.Search{From: 1, To: 0.1}, "from 1 to 0.1"},
		{finder.Search{From: -1}, "from -1 to 10"},
		{finder.Search{To: math.Inf(1)}, "to +Inf"},
		{finder.Search{From: math.NaN()}, "from NaN"},
		{finder.Search{Steps: 1}, "1 step: want at least 2"},
		{finder.Search{Seeds: -1}, "-1 seeds: want at least 1"},
	} {
		s := small(t)
		s.From, s.To, s.Steps, s.Seeds = c.sweep.From, c.sweep.To, c.sweep.Steps, c.sweep.Seeds
		for _, find := range []func(context.Context, finder.Search) error{
			func(ctx context.Context, s finder.Search) error { _, err := finder.Sweep(ctx, s); return err },
			func(ctx context.Context, s finder.Search) error { _, err := finder.Find(ctx, s); return err },
		} {
			if err := find(t.Context(), s); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v: got %v, want %s", c.sweep, err, c.want)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := finder.Find(ctx, small(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	for want, change := range map[string]func(*finder.Search){
		"a Solver":   func(s *finder.Search) { s.Solver = nil },
		"Valid data": func(s *finder.Search) { s.Valid = nil },
		"3 classes": func(s *finder.Search) {
			s.Model = func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
		},
		"nowhere":      func(s *finder.Search) { s.Init = "nowhere" },
		"no parameter": func(s *finder.Search) { s.Tuning.Freeze = []string{"xyz"} },
		"shape": func(s *finder.Search) {
			s.Model = func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Conv2D("c", x, 1, 9) }
		},
	} {
		s := small(t)
		change(&s)
		if _, err := finder.Find(t.Context(), s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
