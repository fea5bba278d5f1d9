package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// Transpose draws x with its axes in another order: axis i of the result is axis axes[i] of x. axes has each of x's
// axes once, counted from 0, or backwards from −1, the last. It is PyTorch's permute and NumPy's transpose. It copies.
func (b *Builder) Transpose(x *Node, axes ...int) *Node {
	if !b.open("Transpose", x) {
		return nil
	}
	given := axes
	axes = slices.Clone(axes)
	for i, axis := range axes {
		axes[i] = fromEnd(axis, x.Dims())
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
			given, x.Shape(), x.Dims()-1))
	}
	from := x.Shape()
	to, inverse := make(tensor.Shape, len(axes)), make([]int, len(axes))
	for i, axis := range axes {
		to[i], inverse[axis] = from[axis], i
	}
	return b.Op(Op{
		Kind: "Transpose", Inputs: []*Node{x}, Shape: to, Reads: []int{},
		Float32:  func() Plan[float32] { return transposePlan[float32](from, to, axes, inverse) },
		Float64:  func() Plan[float64] { return transposePlan[float64](from, to, axes, inverse) },
		Settings: []Setting{{"", axes, nil}},
		ONNX:     Operator("Transpose", Attribute{"perm", axes}),
	})
}

// transposePlan permutes the axes of a tensor of shape from, which becomes one of shape to, and back.
func transposePlan[T Float](from, to tensor.Shape, axes, inverse []int) Plan[T] {
	there := transposed[T](from, axes)
	var back func(to, from []T)
	return Plan[T]{
		Forward: func(c *Call[T]) error { there(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error {
			if back == nil {
				back = transposed[T](to, inverse)
			}
			back(c.DX[0], c.DY)
			return nil
		},
	}
}

// transposed returns the function that copies a tensor of shape in with its axes in this order.
func transposed[T Float](in tensor.Shape, axes []int) func(to, from []T) {
	rows, stride := transposedRows(in, axes)
	width := in[axes[len(axes)-1]]
	return func(to, from []T) {
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
	}
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
