package graph_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/stream"
	"anneal/schedules"
)

// everyNorm has every kind of running statistics, and one layer that is used twice.
func everyNorm(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("bn", b.Conv2D("conv", x, 4, 3)))
	h = b.MaxPool2D(b.ReLU(b.BatchNorm("ghost", h, graph.Ghost(2), graph.CumulativeAverage())), 2)
	h = b.InstanceNorm("in", h, graph.TrackStats(0.2))
	h = b.BatchNorm("scheduled", h, graph.MomentumSchedule(schedules.ExponentialLR{Gamma: 0.9}))
	b.Share(func() { h = b.BatchNorm("bn", b.ReLU(h)) })
	h = b.BatchNorm("none", h, graph.NoStats())
	return b.Linear("fc", b.Flatten(h), 3)
}

// TestHold runs batches of several sizes with Hold, in another order and by other programs than it then moves the
// running statistics, which become those of runs that move them themselves.
func TestHold(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		runner := func(hold bool) (*graph.Runner, *graph.Params) {
			params := graph.NewParams(1, dtype)
			r, err := graph.NewRunner(everyNorm, params, graph.Config{
				Mode: graph.Train, Shape: tensor.Shape{5, 1, 8, 8}, Fuse: true, Hold: hold,
			})
			if err != nil {
				t.Fatal(err)
			}
			return r, params
		}
		plain, want := runner(false)
		holding, before := runner(true)
		moving, got := runner(true)
		random := stream.New(1, "hold")
		batches := make([][]float32, 4)
		statistics := make([][]float64, 4)
		size := func(i int) int { return 5 - i }
		for i := range batches {
			for range size(i) * 64 {
				batches[i] = append(batches[i], float32(random.NormFloat64()))
			}
			if _, err := plain.Run(batches[i], make([]int32, size(i))); err != nil {
				t.Fatal(err)
			}
		}
		for _, i := range []int{2, 0, 3, 1} {
			holding.SetStep(uint64(i))
			p, err := holding.Run(batches[i], make([]int32, size(i)))
			if err != nil {
				t.Fatal(err)
			}
			statistics[i] = slices.Clone(p.Statistics())
		}
		for i, s := range statistics {
			p, err := moving.Program(size(i))
			if err != nil {
				t.Fatal(err)
			}
			p.SetStep(uint64(i))
			if err := p.Move(s); err != nil {
				t.Fatal(err)
			}
		}
		fresh := graph.NewParams(1, dtype)
		if _, err := graph.Compile(everyNorm, fresh, graph.Config{
			Mode: graph.Train, Shape: tensor.Shape{5, 1, 8, 8},
		}); err != nil {
			t.Fatal(err)
		}
		for _, p := range want.All() {
			a, b := numbers(got.Lookup(p.Name())), numbers(p)
			if !slices.Equal(a, b) {
				t.Errorf("%v: %s: got %v, want %v", dtype, p.Name(), a, b)
			}
			if a, b := numbers(before.Lookup(p.Name())), numbers(fresh.Lookup(p.Name())); !slices.Equal(a, b) {
				t.Errorf("%v: %s: Hold has moved %v to %v", dtype, p.Name(), b, a)
			}
		}
	}
}

// numbers returns the bits of a parameter's values.
func numbers(p *graph.Param) []uint64 {
	if p.Kind() == graph.Counter {
		return []uint64{uint64(p.Value().Int64s()[0])}
	}
	var bits []uint64
	for _, v := range graph.Float64s(p.Value()) {
		bits = append(bits, math.Float64bits(v))
	}
	return bits
}

func TestHoldErrors(t *testing.T) {
	cfg := graph.Config{Mode: graph.Train, Shape: tensor.Shape{5, 1, 8, 8}}
	p, err := graph.Compile(everyNorm, graph.NewParams(1, tensor.Float32), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Move(nil); err == nil || !strings.Contains(err.Error(), "want Config.Hold") {
		t.Errorf("got %v, want an error that names Hold", err)
	}
	cfg.Hold = true
	if p, err = graph.Compile(everyNorm, graph.NewParams(1, tensor.Float32), cfg); err != nil {
		t.Fatal(err)
	}
	if err := p.Move(make([]float64, 3)); err == nil || !strings.Contains(err.Error(), "3 statistics") {
		t.Errorf("got %v, want an error about 3 statistics", err)
	}
	recurrent := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.Flatten(b.GRU("gru", b.Reshape(x, 5, 8, 8), 4, graph.BatchNormInside()).Y), 3)
	}
	_, err = graph.Compile(recurrent, graph.NewParams(1, tensor.Float32), cfg)
	if err == nil || !strings.Contains(err.Error(), "gru: Hold does not keep") {
		t.Errorf("got %v, want an error that names the layer", err)
	}
}
