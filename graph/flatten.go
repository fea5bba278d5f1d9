package graph

import "gorgonia.org/tensor"

// Flatten draws x, [N, ...], as [N, D], where D is the product of the other sizes, in row-major order. It copies,
// as Reshape does.
func (b *Builder) Flatten(x *Node) *Node {
	if !b.open("Flatten", x) {
		return nil
	}
	n := x.Shape()[0]
	o := copied("Flatten", x, tensor.Shape{n, x.Shape().TotalSize() / n})
	o.ONNX = Operator("Flatten") // its default axis is 1
	return b.Op(o)
}
