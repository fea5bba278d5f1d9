package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"

	"anneal/internal/kernels"
)

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
	y := b.withType(
		func() *Node { return slice[float32](b, x, axis, from, to) },
		func() *Node { return slice[float64](b, x, axis, from, to) })
	return b.describe(y, Layer{Kind: "Slice", Axes: []int{axis}, From: from, To: to})
}

func slice[T kernels.Float](b *Builder, x *Node, axis, from, to int) *Node {
	shape := x.Shape().Clone()
	outer, size, inner := axisLayout(shape, axis)
	whole, part, start := size*inner, (to-from)*inner, from*inner
	shape[axis] = to - from
	y := newOp[T](b, "Slice", shape)
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		dst, src := Floats[T](out), Floats[T](in[0])
		for i := range outer {
			copy(dst[i*part:(i+1)*part], src[i*whole+start:])
		}
		return nil
	}
	y.grad = func(in gorgonia.Nodes, _, dy *Node) (gorgonia.Nodes, error) {
		dx := newOp[T](b, "Slice dx", in[0].Shape())
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			dst, src := Floats[T](out), Floats[T](v[0])
			clear(dst)
			for i := range outer {
				copy(dst[i*whole+start:], src[i*part:(i+1)*part])
			}
			return nil
		}
		return gorgonia.Nodes{b.apply(dx, dy)}, b.err
	}
	return b.apply(y, x)
}
