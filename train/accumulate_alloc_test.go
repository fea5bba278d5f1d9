package train

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
)

// TestAccumulationAllocatesNothing covers updates of one batch and of several.
func TestAccumulationAllocatesNothing(t *testing.T) {
	set, err := data.NewMemory([3]int{1, 1, 2}, 2, []float32{1, 0, 0, 1}, []int32{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
	r, err := newRunner(model, graph.NewParams(1, tensor.Float32), graph.Config{Mode: graph.Train}, set, 2)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Run([]float32{1, 0, 0, 1}, []int32{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	batch := contribution{gradients: p.Gradients(), loss: 0.5, samples: 2}
	for _, batches := range []int{1, 2} {
		a, err := newAccumulation(batches, r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { _, err = a.add(batch, false) }); n != 0 || err != nil {
			t.Errorf("%d batches an update: %v allocations a batch, %v, want none", batches, n, err)
		}
	}
}
