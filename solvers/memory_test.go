package solvers_test

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/limittest"
	"anneal/internal/memory"
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

// A state for which there is no memory is an error before it is made, and so is momentum that needs a buffer.
func TestMemoryLeft(t *testing.T) {
	if memory.Total() == 0 {
		t.Skip("the system does not say how much memory there is")
	}
	params := graph.NewParams(1, tensor.Float32)
	draw := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", x, 2000) }
	if _, err := graph.Compile(draw, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{1, 2000}}); err != nil {
		t.Fatal(err)
	}
	const weights = 16_008_000 // bytes
	for _, c := range []struct {
		algorithm solvers.Algorithm
		tuning    solvers.Tuning
		fits      bool
	}{
		{solvers.SGD{LR: 0.1}, solvers.Tuning{}, true},
		{solvers.SGD{LR: 0.1, Momentum: 0.9}, solvers.Tuning{}, true},
		{solvers.Default[solvers.Adam](), solvers.Tuning{}, false},
		{solvers.Default[solvers.Muon](), solvers.Tuning{Freeze: []string{"fc.bias"}}, false},
	} {
		leave(t, weights*3/2, func() {
			limittest.Limits{Bytes: 1.2 * weights, Time: time.Minute}.Run(t, fmt.Sprint(c.algorithm), func() {
				solver, err := solvers.New(c.algorithm, params.All(), c.tuning)
				var short *memory.Shortage
				switch {
				case c.fits && err != nil:
					t.Errorf("%v: %v", c.algorithm, err)
				case !c.fits && (!errors.As(err, &short) || !strings.Contains(err.Error(), "solvers: the state of ")):
					t.Errorf("%v: got %v, want that its state does not fit", c.algorithm, err)
				case !c.fits && solver != nil:
					t.Errorf("%v: got a solver with an error", c.algorithm)
				}
			})
		})
	}
	solver, err := solvers.New(solvers.SGD{LR: 0.1}, params.All(), solvers.Tuning{})
	if err != nil {
		t.Fatal(err)
	}
	leave(t, weights/2, func() {
		if err := solver.SetMomentum(0, 0.9); err == nil {
			t.Error("got a momentum without memory for its buffer")
		}
	})
	if err := solver.SetMomentum(0, 0.9); err != nil {
		t.Errorf("with memory: %v", err)
	}
}

// leave claims all memory except so many bytes while do runs.
func leave(t *testing.T, bytes int64, do func()) {
	t.Helper()
	debug.FreeOSMemory() // what is freed later is left, too
	owner := new([64]byte)
	defer runtime.KeepAlive(owner)
	defer memory.Claim(owner, memory.Left()-bytes)()
	do()
}
