package graph

import "fmt"

// Slice draws the part of x from place from up to, and without, place to of one axis: x[:, from:to] for axis 1. The
// result keeps the axis. Axes and places count from 0, and 0 ≤ from < to ≤ the axis's size. It copies.
func (b *Builder) Slice(x *Node, axis, from, to int) *Node {
	if !b.openAxis("Slice", x, axis) {
		return nil
	}
	if size := x.Shape()[axis]; from < 0 || from >= to || to > size {
		return b.Fail(fmt.Errorf("graph: Slice: places %d to %d of axis %d, which has %d: want 0 ≤ from < to ≤ %d",
			from, to, axis, size, size))
	}
	shape := x.Shape().Clone()
	outer, size, inner := axisLayout(shape, axis)
	cut := span{outer, size * inner, from * inner, (to - from) * inner}
	shape[axis] = to - from
	return b.Op(Op{
		Kind: "Slice", Inputs: []*Node{x}, Shape: shape, Reads: []int{},
		Float32:  func() Plan[float32] { return slicePlan[float32](cut) },
		Float64:  func() Plan[float64] { return slicePlan[float64](cut) },
		Settings: []Setting{{"", axis, nil}, {"from", from, nil}, {"to", to, nil}},
		ONNX: func(file ONNX, in []string) (string, error) {
			if axis == 0 {
				return "", fmt.Errorf("layer Slice from %d to %d of the batch has no ONNX form here", from, to)
			}
			return file.Node("Slice", append(in, file.Ints(from), file.Ints(to), file.Ints(axis))), nil
		},
	})
}

// span is a part of each of so many rows of whole numbers: size numbers from start on.
type span struct{ rows, whole, start, size int }

func slicePlan[T Float](s span) Plan[T] {
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			for i := range s.rows {
				copy(c.Y[i*s.size:(i+1)*s.size], c.X[0][i*s.whole+s.start:])
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			clear(c.DX[0])
			for i := range s.rows {
				copy(c.DX[0][i*s.whole+s.start:], c.DY[i*s.size:(i+1)*s.size])
			}
			return nil
		},
	}
}
