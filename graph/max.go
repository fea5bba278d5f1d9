package graph

import (
	"gorgonia.org/gorgonia"

	"anneal/internal/kernels"
)

// Max draws the largest number along one axis of x, counted from 0. The result has no such axis, so a vector's is a
// tensor of shape [1]. The first of several equal numbers gets the gradient, and NaN counts as larger than any number,
// as in PyTorch's max.
func (b *Builder) Max(x *Node, axis int) *Node {
	if !b.openAxis("Max", x, axis) {
		return nil
	}
	y := b.withType(
		func() *Node { return largest[float32](b, x, axis) },
		func() *Node { return largest[float64](b, x, axis) })
	return b.describe(y, Layer{Kind: "Max", Axes: []int{axis}})
}

func largest[T kernels.Float](b *Builder, x *Node, axis int) *Node {
	_, size, inner := axisLayout(x.Shape(), axis)
	shape := x.Shape().Clone()
	if shape = append(shape[:axis], shape[axis+1:]...); len(shape) == 0 {
		shape = append(shape, 1)
	}
	from := make([]int, shape.TotalSize()) // where the largest numbers are
	y := newOp[T](b, "Max", shape)
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		to, x := Floats[T](out), Floats[T](in[0])
		line := 0
		for start := range lines(len(x), size, inner) {
			at := start
			for i := start; i < start+size*inner; i += inner {
				if isNaN := x[i] != x[i]; x[i] > x[at] || isNaN && x[at] == x[at] {
					at = i
				}
			}
			to[line], from[line] = x[at], at
			line++
		}
		return nil
	}
	y.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		dx := newOp[T](b, "Max dx", in[0].Shape())
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			to, dy := Floats[T](out), Floats[T](v[0])
			clear(to)
			for line, at := range from {
				to[at] = dy[line]
			}
			return nil
		}
		return gorgonia.Nodes{b.apply(dx, dy, out)}, b.err
	}
	return b.apply(y, x)
}
