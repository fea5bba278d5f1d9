// Package jobs does, from a module of its own, nine things that users of this project come to do.
package jobs

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/graph/gradcheck"
	"anneal/solvers"
	"anneal/train"
)

// adam returns Adam at a rate.
func adam(lr float64) solvers.Adam {
	s := solvers.Default[solvers.Adam]()
	s.LR = lr
	return s
}

// trained runs c for some epochs and returns the result. It sets what a test leaves out: Adam at 0.005.
func trained(t *testing.T, c train.Config, epochs int) *train.Result {
	t.Helper()
	if c.Solver == nil {
		c.Solver = adam(0.005)
	}
	c.Epochs = epochs
	r, err := train.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// checkGradients fails if the gradients of model differ from central differences.
func checkGradients(t *testing.T, model graph.Model, shape tensor.Shape, o gradcheck.Options) {
	t.Helper()
	if err := gradcheck.Check(model, shape, o); err != nil {
		t.Error(err)
	}
}

// run returns what the program of a mode says of x, and fails on an error.
func run(t *testing.T, model graph.Model, params *graph.Params, mode graph.Mode, x *tensor.Dense) []float64 {
	t.Helper()
	p, err := graph.Compile(model, params, graph.Config{Mode: mode, Shape: x.Shape(), Fuse: true})
	if err == nil {
		err = p.Run(x, make([]int32, x.Shape()[0]))
	}
	if err != nil {
		t.Fatal(err)
	}
	return append([]float64(nil), graph.Float64s(p.Logits())...)
}

// spots makes n colour images of 8×8. A class is the channel and the corner of a bright spot: six classes.
func spots(t *testing.T, n int, seed uint64) *data.Memory {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	x, labels := make([]float32, n*192), make([]int32, n)
	for i := range n {
		class := r.IntN(6)
		labels[i] = int32(class)
		for j := range 192 {
			v := 0.3 * r.NormFloat64()
			if j/64 == class/2 && j%64/8/4 == class%2 {
				v++
			}
			x[i*192+j] = float32(v)
		}
	}
	d, err := data.NewMemory([3]int{3, 8, 8}, 6, x, labels)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// normal returns n numbers of the standard normal distribution.
func normal(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// near fails if two lists differ by more than tol anywhere.
func near(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, v := range got {
		if !(math.Abs(v-want[i]) <= tol) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, v, want[i])
		}
	}
}
