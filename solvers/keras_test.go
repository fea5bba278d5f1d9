package solvers

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Keras's nadam_test.py, test_single_step: PyTorch since 2.0 gives the same, PyTorch 1.13 gave 0.47285.
func TestNAdamIsKeras(t *testing.T) {
	store := tensors{{"w", graph.Weight, tensor.Shape{4}}}.params(t, tensor.Float64)
	w := store.Lookup("w").Value()
	set(w, func(i int) float64 { return float64(i + 1) })
	s := must(t, "NAdam(lr=0.5, eps=1e-7, momentum_decay=1)", store, Tuning{})
	g := []float64{1, 6, 7, 2}
	if err := s.Step(gradients(store, func(i int) float64 { return g[i] })); err != nil {
		t.Fatal(err)
	}
	compare(t, "weights", get(w), []float64{0.4686, 1.4686, 2.4686, 3.4686}, 5e-5)
}
