package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// Transpose draws x with its axes in another order: axis i of the result is axis axes[i] of x. axes has each of x's
// axes once, counted from 0. It is PyTorch's permute and NumPy's transpose. It copies.
func (b *Builder) Transpose(x *Node, axes ...int) *Node {
	if !b.open("Transpose", x) {
		return nil
	}
	sorted := slices.Sorted(slices.Values(axes))
	for i, axis := range sorted {
		if axis != i || len(axes) != x.Dims() {
			sorted = nil
			break
		}
	}
	if len(sorted) == 0 {
		return b.Fail(fmt.Errorf("graph: Transpose: axes %v for an input of shape %v: want each of 0 to %d once",
			axes, x.Shape(), x.Dims()-1))
	}
	axes = slices.Clone(axes)
	y := b.withType(
		func() *Node { return transpose[float32](b, "Transpose", x, axes) },
		func() *Node { return transpose[float64](b, "Transpose", x, axes) })
	return b.describe(y, Layer{Kind: "Transpose", Axes: axes})
}

// transpose draws x with its axes in this order.
func transpose[T kernels.Float](b *Builder, name string, x *Node, axes []int) *Node {
	in := x.Shape()
	shape, inverse := make(tensor.Shape, len(axes)), make([]int, len(axes))
	for i, axis := range axes {
		shape[i], inverse[axis] = in[axis], i
	}
	rows, stride := transposedRows(in, axes)
	y := newOp[T](b, name, shape)
	width := shape[len(shape)-1]
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		to, from := Floats[T](out), Floats[T](in[0])
		for r, start := range rows {
			row := to[r*width : (r+1)*width]
			if stride == 1 {
				copy(row, from[start:])
				continue
			}
			for i := range row {
				row[i] = from[start+i*stride]
			}
		}
		return nil
	}
	y.grad = func(_ gorgonia.Nodes, _, dy *Node) (gorgonia.Nodes, error) {
		return gorgonia.Nodes{transpose[T](b, name+" dx", dy, inverse)}, b.err
	}
	return b.apply(y, x)
}

// transposedRows returns where each row of the result starts in a tensor of shape in whose axes come in another order,
// and how far apart the numbers of a row are there.
func transposedRows(in tensor.Shape, axes []int) (starts []int, stride int) {
	strides := make([]int, len(in))
	size := 1
	for i := len(in) - 1; i >= 0; i-- {
		strides[i] = size
		size *= in[i]
	}
	last := len(axes) - 1
	starts = []int{0}
	for _, axis := range axes[:last] {
		inner := make([]int, 0, len(starts)*in[axis])
		for _, start := range starts {
			for i := range in[axis] {
				inner = append(inner, start+i*strides[axis])
			}
		}
		starts = inner
	}
	return starts, strides[axes[last]]
}
