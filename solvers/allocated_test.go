package solvers

import (
	"fmt"
	"runtime"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// What is counted before a state is made is what is then allocated, and what State returns, for every solver.
func TestAllocated(t *testing.T) {
	biases := []Group{{Pattern: "*.bias", Solver: "AdamW(lr=0.001)"}}
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		params := graph.NewParams(1, dtype)
		draw := func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("fc2", b.Linear("fc1", x, 600), 500)
		}
		if _, err := graph.Compile(draw, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{1, 700}}); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.New == nil {
				continue
			}
			algorithm, err := Parse(e.Name + "()")
			if err != nil {
				t.Fatal(err)
			}
			for _, tuning := range []Tuning{
				{},
				{Groups: biases},
				{Groups: biases, ClipNorm: 1},
				{Freeze: []string{"fc1.*", "*.bias"}, ClipValue: 1},
			} {
				if _, ok := algorithm.(matricial); ok && tuning.Groups == nil && tuning.Freeze == nil {
					continue // it moves no biases
				}
				solver, err := planned(algorithm, params.All(), tuning)
				if err != nil {
					t.Fatal(err)
				}
				what := fmt.Sprintf("%v, %v, %+v", algorithm, dtype, tuning)
				if dtype == tensor.Float32 {
					compareAllocated(t, what, solver.(*engine[float32]))
				} else {
					compareAllocated(t, what, solver.(*engine[float64]))
				}
			}
		}
	}
}

// compareAllocated begins e.
func compareAllocated[T graph.Float](t *testing.T, what string, e *engine[T]) {
	t.Helper()
	state, missing := e.stateBytes(), e.missing()
	before := allocated()
	if err := e.begin(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got := allocated() - before
	const small = 100_000 // the parts, and what the allocator adds
	if got < missing || got > missing+missing/50+small {
		t.Errorf("%s: allocated %d bytes, want the %d that were counted and little more", what, got, missing)
	}
	if again := e.stateBytes(); again != state {
		t.Errorf("%s: a state of %d bytes before it is made, and %d after", what, state, again)
	}
	list, err := e.State()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var sum int64
	for _, piece := range list {
		switch v := piece.Data.(type) {
		case []T:
			sum += bytesOf[T](len(v))
		case []int64:
			sum += bytesOf[int64](len(v))
		}
	}
	if sum != state {
		t.Errorf("%s: State returns %d bytes, want the %d that were counted", what, sum, state)
	}
}

// allocated returns how many bytes the program has allocated so far.
func allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.TotalAlloc)
}
