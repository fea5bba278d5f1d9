package graph

import (
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Floats shares a tensor's memory, and copies a view into row-major order.
func TestFloats(t *testing.T) {
	whole := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{1, 2, 3, 4, 5, 6}))
	if got := Floats[float32](whole); &got[0] != &whole.Float32s()[0] || len(got) != 6 {
		t.Errorf("got %v, want the memory of %v", got, whole)
	}
	view, err := whole.Slice(nil, gorgonia.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{2, 3, 5, 6}
	if got := Float64s(view); !slices.Equal(got, want) {
		t.Errorf("a view: got %v, want %v", got, want)
	}
	if got := Floats[float64](tensor.New(tensor.WithShape(2, 2), tensor.WithBacking(want))); &got[0] != &want[0] {
		t.Errorf("got %v, want the memory of %v", got, want)
	}
	if got := Float64s(tensor.New(tensor.WithShape(1), tensor.WithBacking([]int64{1}))); got != nil {
		t.Errorf("a counter: got %v, want nil", got)
	}
}
