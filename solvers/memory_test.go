package solvers_test

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/solvers"
)

// A solver keeps a count of 8 bytes per tensor, and as many numbers per weight as its rule has buffers.
func TestMemory(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := graph.NewParams(1, dtype)
		draw := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", x, 3) }
		if _, err := graph.Compile(draw, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{2, 5}}); err != nil {
			t.Fatal(err)
		}
		size := int(dtype.Size())
		for _, c := range []struct {
			algorithm solvers.Algorithm
			want      int
		}{
			{solvers.SGD{LR: 0.1}, 2 * 8},
			{solvers.SGD{LR: 0.1, Momentum: 0.9}, 18*size + 2*8},
			{solvers.Default[solvers.Adam](), 2*18*size + 2*8},
		} {
			if got, err := solvers.Memory(c.algorithm, params); err != nil || got != c.want {
				t.Errorf("%v, %v: got %d, %v, want %d", c.algorithm, dtype, got, err, c.want)
			}
		}
	}
}
