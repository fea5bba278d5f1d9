package graph

import (
	"math"
	"testing"

	"gorgonia.org/tensor"
)

// softmax([0, ln 2, ln 5]) is [1, 2, 5]/8, whatever is added to all three.
func TestSoftMax(t *testing.T) {
	for _, shift := range []float64{0, -3, 1e5, -1e5} {
		x := zeros(tensor.Float64, tensor.Shape{2, 3})
		copy(x.Float64s(), []float64{shift, shift + math.Ln2, shift + math.Log(5), shift, shift, shift})
		want := []float64{1.0 / 8, 2.0 / 8, 5.0 / 8, 1.0 / 3, 1.0 / 3, 1.0 / 3}
		_, got := evaluate(t, x, func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) })
		near(t, "softmax", got, want, 1e-10)
		for i := range want {
			want[i] = math.Log(want[i])
		}
		_, got = evaluate(t, x, func(b *Builder, x *Node) *Node { return b.LogSoftMax(x, 1) })
		near(t, "log-softmax", got, want, 1e-10)
	}
}

// The axis may be any: along the other one of a transposed tensor, the result is the same, transposed.
func TestSoftMaxAlongAnyAxis(t *testing.T) {
	x := counting(3, 4, 5)
	_, want := evaluate(t, x, func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) })
	_, got := evaluate(t, x, func(b *Builder, x *Node) *Node {
		return b.Transpose(b.SoftMax(b.Transpose(x, 0, 2, 1), 2), 0, 2, 1)
	})
	near(t, "softmax", got, want, 1e-15)
}
