package graph

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"
)

func TestInitsHaveTheirVariance(t *testing.T) {
	fan := Fan{In: 50, Out: 200}
	for _, c := range []struct {
		name     string
		init     Init
		variance float64
		bound    float64
	}{
		{"default", DefaultInit, 1.0 / (3 * 50), 1 / math.Sqrt(50)},
		{"Kaiming uniform", KaimingUniform, 2.0 / 50, math.Sqrt(6.0 / 50)},
		{"Kaiming normal", KaimingNormal, 2.0 / 50, math.Inf(1)},
		{"Xavier uniform", XavierUniform, 2.0 / 250, math.Sqrt(6.0 / 250)},
		{"Xavier normal", XavierNormal, 2.0 / 250, math.Inf(1)},
		{"constant", Constant(0.5), 0, 0.5},
	} {
		const n = 200_000
		draw := c.init(rand.New(rand.NewPCG(1, 2)), fan)
		var sum, squares, largest float64
		for range n {
			v := draw()
			sum, squares, largest = sum+v, squares+v*v, max(largest, math.Abs(v))
		}
		mean := sum / n
		variance := squares/n - mean*mean
		if !(math.Abs(variance-c.variance) <= 0.02*c.variance+1e-12) || largest > c.bound {
			t.Errorf("%s: variance %g, want %g; largest %g, want at most %g", c.name, variance, c.variance, largest, c.bound)
		}
	}
}

// A parameter's start depends on the seed and its name, not on what else the model has.
func TestInitDependsOnSeedAndNameAlone(t *testing.T) {
	one := func(b *Builder, x *Node) *Node { return b.Linear("fc", x, 3) }
	two := func(b *Builder, x *Node) *Node { return b.Linear("fc", b.Linear("first", x, 6), 3) }
	weights := func(seed uint64, m Model) []float64 {
		params := NewParams(seed, tensor.Float32)
		compile(t, m, params, Eval, 2, 6)
		return slices.Clone(floats(params.Lookup("fc.weight").Value()))
	}
	start := weights(1, one)
	if !slices.Equal(start, weights(1, two)) {
		t.Error("another layer changed fc.weight")
	}
	if slices.Equal(start, weights(2, one)) {
		t.Error("another seed gave the same fc.weight")
	}
	for _, w := range start {
		if !(math.Abs(w) <= 1/math.Sqrt(6)) {
			t.Errorf("weight %v, want within ±1/√6", w)
		}
	}
}
