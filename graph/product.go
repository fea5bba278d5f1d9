package graph

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/kernels/pool"
)

// product is y = w∗x + bias, a convolution or a matrix product, on children x, w and, if there is one, bias.
type product[T kernels.Float] struct {
	b        *Builder
	name     string
	shape    tensor.Shape // of y
	kernel   productKernel[T]
	children []*Node
}

// productKernel computes a product, with relu max(0, y), and its gradients. dx and dw may each be nil where nobody asks
// for them, and db is nil for a product without a bias.
type productKernel[T kernels.Float] interface {
	Forward(y, x, w, bias []T, relu bool)
	Backward(dx, dw, db, dy, x, w []T)
}

// draw draws the product. ReLU, or a normalization of an evaluation program, may be fused with it.
func (p product[T]) draw() *Node {
	o := p.op(p.name, false)
	y := p.b.apply(o, p.children...)
	o.fused.relu = func() *Node { return p.drawRectified(y) }
	o.fused.norm = func(n normLayer) *Node {
		folded := p
		folded.name += " " + n.name
		folded.children = foldNorm[T](p.b, p.children, n)
		return folded.draw()
	}
	return y
}

// drawRectified draws max(0, y) as one op, where y is the product that draw drew. If pooling follows, ReLU is fused
// with the pooling and not with the product.
func (p product[T]) drawRectified(y *Node) *Node {
	o := p.op(p.name+" ReLU", true)
	o.fused.pool = func(s pool.Shape) *Node { return reluPool[T](p.b, y, s) }
	return p.b.apply(o, p.children...)
}

func (p product[T]) op(name string, rectify bool) *op {
	o := newOp[T](p.b, name, p.shape)
	o.flops = 2 * int64(p.shape.TotalSize()) * int64(p.children[1].Shape().TotalSize()/p.shape[1])
	o.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		var bias []T
		if len(in) == 3 {
			bias = Floats[T](in[2])
		}
		p.kernel.Forward(Floats[T](out), Floats[T](in[0]), Floats[T](in[1]), bias, rectify)
		return nil
	}
	o.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		if rectify {
			dy = reluGradient[T](p.b, dy, out)
		}
		return p.gradients(name, o.flops, in, out, dy)
	}
	return o
}

// gradients draws ∂loss/∂x, ∂loss/∂w and ∂loss/∂bias. One kernel computes all three, except where x does not depend
// on a parameter: then nobody asks for ∂loss/∂x, no program contains its op, and another op computes the others.
func (p product[T]) gradients(name string, flops int64, in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
	b := p.b
	args := []*Node{dy, in[0], in[1], out}
	dx, dw := newOp[T](b, name+" dx", in[0].Shape()), newOp[T](b, name+" dw", in[1].Shape())
	var db []T
	backward := func(dx, dw, db []T, v []gorgonia.Value) error {
		p.kernel.Backward(dx, dw, db, Floats[T](v[0]), Floats[T](v[1]), Floats[T](v[2]))
		return nil
	}
	grads := make(gorgonia.Nodes, len(in))
	if b.learned(in[0]) {
		dx.flops = 2 * flops
		weight := Floats[T](dw.output())
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error { return backward(Floats[T](out), weight, db, v) }
		grads[0] = b.apply(dx, args...)
		grads[1] = b.expose(dw, grads[0])
	} else {
		dx.flops, dw.flops = flops, flops
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error { return backward(Floats[T](out), nil, nil, v) }
		dw.run = func(out gorgonia.Value, v []gorgonia.Value) error { return backward(nil, Floats[T](out), db, v) }
		grads[0], grads[1] = b.apply(dx, args...), b.apply(dw, args...)
	}
	if len(in) == 3 {
		bias := newOp[T](b, name+" db", in[2].Shape())
		db = Floats[T](bias.output())
		grads[2] = b.expose(bias, grads[1])
	}
	return grads, b.err
}
