package graph

import (
	"math"
	"slices"
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

// Max takes the largest number along any axis, the first of equal ones, and NaN.
func TestMax(t *testing.T) {
	x := counting(3, 4, 5)
	for axis := range 3 {
		want := along(x, []int{axis}, func(line []float64) float64 { return slices.Max(line) })
		_, got := evaluate(t, x, func(b *Builder, x *Node) *Node { return b.Max(x, axis) })
		near(t, "max", got, want, 0)
	}
	x = zeros(tensor.Float64, tensor.Shape{2, 3})
	copy(x.Float64s(), []float64{1, math.NaN(), 2, 3, 3, 1})
	p := newProbe(t, NewParams(1, tensor.Float64), Train, tensor.Shape{2, 3}, func(b *Builder, x *Node) *Node {
		return b.Max(x, 1)
	})
	copy(p.x.Float64s(), x.Float64s())
	copy(p.dy.Float64s(), []float64{1, 2})
	p.run(t)
	if y := floats(p.y.value); !math.IsNaN(y[0]) || y[1] != 3 {
		t.Errorf("got %v, want NaN and 3", y)
	}
	near(t, "dx", floats(p.dx.value), []float64{0, 1, 0, 2, 0, 0}, 0)
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
