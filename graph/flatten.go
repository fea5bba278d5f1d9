package graph

import "gorgonia.org/tensor"

// Flatten draws x, [N, ...], as [N, D], where D is the product of the other sizes, in row-major order. It copies,
// as Reshape does.
func (b *Builder) Flatten(x *Node) *Node {
	if !b.open("Flatten", x) {
		return nil
	}
	n := x.Shape()[0]
	shape := tensor.Shape{n, x.Shape().TotalSize() / n}
	y := b.withType(
		func() *Node { return reshape[float32](b, "Flatten", x, shape) },
		func() *Node { return reshape[float64](b, "Flatten", x, shape) })
	return b.describe(y, Layer{Kind: "Flatten"})
}
