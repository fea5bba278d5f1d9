package train_test

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// compiled returns the parameters of the model normed.
func compiled(t *testing.T, seed uint64, dtype tensor.Dtype) *graph.Params {
	t.Helper()
	p := graph.NewParams(seed, dtype)
	if _, err := graph.Compile(normed, p, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 4, 4}}); err != nil {
		t.Fatal(err)
	}
	return p
}

// bits is a tensor's numbers; none of them is too large for a float64.
func bits(v *tensor.Dense) []float64 {
	var all []float64
	switch data := v.Data().(type) {
	case []float32:
		for _, x := range data {
			all = append(all, float64(x))
		}
	case []float64:
		all = data
	case []int64:
		for _, x := range data {
			all = append(all, float64(x))
		}
	}
	return all
}
