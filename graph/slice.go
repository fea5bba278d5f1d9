package graph

import (
	"fmt"

	"anneal/internal/kernels/rearrange"
)

// Slice draws the part of x from place from up to, and without, place to of one axis: x[:, from:to] for axis 1. The
// result keeps the axis. Axes and places count from 0, negative ones backwards from the end: −1 is the last. It copies.
func (b *Builder) Slice(x *Node, axis, from, to int) *Node {
	if !b.open("Slice", x) {
		return nil
	}
	at, err := placeOfAxis(x, axis)
	if err != nil {
		return b.Fail(fmt.Errorf("graph: Slice: %w", err))
	}
	axis = at
	size := x.Shape()[axis]
	first, end := fromEnd(from, size), fromEnd(to, size)
	if first < 0 || first >= end || end > size {
		return b.Fail(fmt.Errorf("graph: Slice: places %d to %d of axis %d, which has %d: want 0 ≤ from < to ≤ %d",
			from, to, axis, size, size))
	}
	from, to = first, end
	shape := x.Shape().Clone()
	outer, size, inner := axisLayout(shape, axis)
	widths := []int{from * inner, (to - from) * inner, (size - to) * inner}
	shape[axis] = to - from
	return b.Op(Op{
		Kind: "Slice", Inputs: []*Node{x}, Shape: shape, Reads: []int{},
		Float32:  func() Plan[float32] { return slicePlan[float32](outer, widths) },
		Float64:  func() Plan[float64] { return slicePlan[float64](outer, widths) },
		Settings: []Setting{{"", axis, nil}, {"from", from, nil}, {"to", to, nil}},
		ONNX: func(file ONNX, in []string) (string, error) {
			if axis == 0 {
				return "", fmt.Errorf("layer Slice from %d to %d of the batch has no ONNX form here", from, to)
			}
			return file.Node("Slice", append(in, file.Ints(from), file.Ints(to), file.Ints(axis))), nil
		},
	})
}

// fromEnd returns place i of so many, where negative ones count from the end.
func fromEnd(i, size int) int {
	if i < 0 {
		return i + size
	}
	return i
}

// slicePlan takes the second of three pieces, and the gradient of the others is 0.
func slicePlan[T Float](outer int, widths []int) Plan[T] {
	p := rearrange.NewPieces[T](outer, widths...)
	pieces := make([][]T, 3)
	return Plan[T]{
		Forward:  func(c *Call[T]) error { pieces[1] = c.Y; p.Cut(pieces, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { pieces[1] = c.DY; p.Join(c.DX[0], pieces); return nil },
	}
}
