package graph

import (
	"fmt"

	"gorgonia.org/tensor"
)

// openAxis begins a layer without a name that works along one axis of x. It reports whether the layer may go on.
func (b *Builder) openAxis(what string, x *Node, axis int) bool {
	if !b.open(what, x) {
		return false
	}
	if axis < 0 || axis >= x.Dims() {
		b.Fail(fmt.Errorf("graph: %s: axis %d of an input of shape %v: want 0 to %d", what, axis, x.Shape(), x.Dims()-1))
	}
	return b.err == nil
}

// axisLayout returns how a tensor of that shape lies in memory as seen along one axis: outer blocks, each of size rows
// of inner numbers. Numbers of one line along the axis are inner apart.
func axisLayout(shape tensor.Shape, axis int) (outer, size, inner int) {
	outer, size, inner = 1, shape[axis], 1
	for _, n := range shape[:axis] {
		outer *= n
	}
	for _, n := range shape[axis+1:] {
		inner *= n
	}
	return outer, size, inner
}

// placeOfAxis returns the axis counted from 0. It is an error if x has none such.
func placeOfAxis(x *Node, axis int) (int, error) {
	rank := x.Dims()
	if axis < -rank || axis >= rank {
		return 0, fmt.Errorf("axis %d of an input of shape %v: want 0 to %d, or %d to -1 from the last one",
			axis, x.Shape(), rank-1, -rank)
	}
	return (axis + rank) % rank, nil
}
