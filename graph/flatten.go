package graph

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// Flatten draws x, [N, ...], as [N, D], where D is the product of the other sizes, in row-major order. It copies,
// because the result of Gorgonia's Reshape shares its input's memory, which a later op in place would overwrite.
func (b *Builder) Flatten(x *Node) *Node {
	if !b.open("Flatten", x) {
		return nil
	}
	n := x.Shape()[0]
	shape := tensor.Shape{n, x.Shape().TotalSize() / n}
	y := b.withType(
		func() *Node { return reshape[float32](b, x, shape) },
		func() *Node { return reshape[float64](b, x, shape) })
	return b.describe(y, Layer{Kind: "Flatten"})
}

// reshape draws a copy of x that has another shape.
func reshape[T kernels.Float](b *Builder, x *Node, shape tensor.Shape) *Node {
	y := newOp[T](b, "Flatten", shape)
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		copy(Floats[T](out), Floats[T](in[0]))
		return nil
	}
	y.grad = func(in gorgonia.Nodes, _, dy *Node) (gorgonia.Nodes, error) {
		return gorgonia.Nodes{reshape[T](b, dy, in[0].Shape())}, b.err
	}
	return b.apply(y, x)
}
