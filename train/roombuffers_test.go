package train

import (
	"strings"
	"testing"
	"time"

	"anneal/cluster"
	"anneal/data"
	"anneal/graph"
	"anneal/internal/memory"
	"anneal/solvers"
)

// What a run makes for accumulation, for ranks and for an average is an error if there is no memory for it.
func TestRoomOfBuffers(t *testing.T) {
	if memory.Total() == 0 {
		t.Skip("the system does not say how much memory there is")
	}
	set, err := data.NewMemory([3]int{1, 4, 4}, 3, make([]float32, 4*16), make([]int32, 4))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Config{
		Model: func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("fc2", b.Linear("fc1", b.Flatten(x), 20_000), 3) // 1.6 MB
		},
		Train: set, Test: set, Solver: solvers.SGD{LR: 0.1}, Settings: Settings{Epochs: 1, Batch: 4},
	}.prepare()
	if err != nil {
		t.Fatal(err)
	}
	pair := &team{Group: cluster.Local(2, time.Minute)[0], accumulate: 2}
	r.EMA = 0.9
	for what, do := range map[string]func() error{
		"the sum of gradients":       func() error { _, err := newAccumulation(2, r.runner, nil); return err },
		"what ranks exchange":        func() error { return pair.prepare(r.runner) },
		"the average of the weights": func() error { _, err := newAverage(r.Config); return err },
	} {
		release := memory.Claim(r, memory.Total())
		err := do()
		release()
		if err == nil || !strings.HasPrefix(err.Error(), "train: "+what+": ") {
			t.Errorf("got %v, want that there is no memory for %s", err, what)
		}
		if err := do(); err != nil {
			t.Errorf("%s, with memory: %v", what, err)
		}
	}
}
