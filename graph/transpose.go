package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/rearrange"
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
	there := rearrange.NewPermute[T](from, axes)
	var back *rearrange.Permute[T]
	return Plan[T]{
		Forward: func(c *Call[T]) error { there.Run(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error {
			if back == nil {
				back = rearrange.NewPermute[T](to, inverse)
			}
			back.Run(c.DX[0], c.DY)
			return nil
		},
	}
}
