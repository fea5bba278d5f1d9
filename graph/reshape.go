package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// Reshape draws the numbers of x, in row-major order, as a tensor of this shape. One size may be −1: it is then what
// the others leave. It is PyTorch's reshape. It copies, so that neither tensor changes with the other.
func (b *Builder) Reshape(x *Node, shape ...int) *Node {
	if !b.open("Reshape", x) {
		return nil
	}
	size, open := 1, -1
	for i, n := range shape {
		switch {
		case n >= 1:
			size *= n
		case n == -1 && open < 0:
			open = i
		default:
			return b.Fail(fmt.Errorf("graph: Reshape: shape %v: want sizes of at least 1, and at most one −1", shape))
		}
	}
	to, total := slices.Clone(shape), x.Shape().TotalSize()
	if open >= 0 && total%size == 0 {
		to[open] = total / size
		size = total
	}
	if len(shape) == 0 || size != total {
		return b.Fail(fmt.Errorf("graph: Reshape: shape %v for an input of shape %v: want one of %d numbers",
			shape, x.Shape(), total))
	}
	y := b.withType(
		func() *Node { return reshape[float32](b, "Reshape", x, to) },
		func() *Node { return reshape[float64](b, "Reshape", x, to) })
	return b.describe(y, Layer{Kind: "Reshape"})
}

// reshape draws a copy of x that has another shape.
func reshape[T kernels.Float](b *Builder, name string, x *Node, shape tensor.Shape) *Node {
	y := newOp[T](b, name, shape)
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		copy(Floats[T](out), Floats[T](in[0]))
		return nil
	}
	y.grad = func(in gorgonia.Nodes, _, dy *Node) (gorgonia.Nodes, error) {
		return gorgonia.Nodes{reshape[T](b, name, dy, in[0].Shape())}, b.err
	}
	return b.apply(y, x)
}
