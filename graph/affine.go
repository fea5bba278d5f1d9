package graph

import (
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
)

// affineKernel is y = w∗x + bias, a convolution or a matrix product.
type affineKernel[T kernels.Float] interface {
	Forward(y, x, w, bias []T, relu bool)
	Backward(dx, dw, db, dy, x, w []T)
}

// affine draws y = w∗x + bias, and with rectify max(0, that), on children x, w and, if there is one, bias. Its gradient
// is one kernel, but for a layer on the model's input: that has one for dw and db alone, since nobody asks for its dx.
func affine[T kernels.Float](b *Builder, name string, shape tensor.Shape, k affineKernel[T], children []*Node, rectify bool) *Node {
	forward := newOp[T](b, name, shape)
	forward.flops = 2 * int64(shape.TotalSize()) * int64(children[1].Shape().TotalSize()/shape[1])
	forward.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		var bias []T
		if len(in) == 3 {
			bias = Floats[T](in[2])
		}
		k.Forward(Floats[T](out), Floats[T](in[0]), Floats[T](in[1]), bias, rectify)
		return nil
	}
	y := b.apply(forward, children...)
	if !rectify {
		forward.fused.relu = func() *Node {
			rectified := affine(b, name+" ReLU", shape, k, children, true)
			if b.err == nil {
				rectified.Op().(*op).fused.pool = func(s kernels.PoolShape) *Node {
					delete(b.fusion.taken, y) // pooling takes the ReLU instead
					return reluPool[T](b, y, s)
				}
			}
			return rectified
		}
		forward.fused.norm = func(n norm) *Node { return affine(b, name+" "+n.name, shape, k, foldNorm[T](b, children, n), false) }
	}
	forward.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		if rectify {
			dy = reluGradient[T](b, dy, out)
		}
		args := []*Node{dy, in[0], in[1], out}
		dx, dw := newOp[T](b, name+" dx", in[0].Shape()), newOp[T](b, name+" dw", in[1].Shape())
		var db []T
		backward := func(dx, dw, db []T, v []gorgonia.Value) error {
			k.Backward(dx, dw, db, Floats[T](v[0]), Floats[T](v[1]), Floats[T](v[2]))
			return nil
		}
		grads := make(gorgonia.Nodes, len(in))
		if b.learned(in[0]) {
			dx.flops = 2 * forward.flops
			weight := Floats[T](dw.output())
			dx.run = func(out gorgonia.Value, v []gorgonia.Value) error { return backward(Floats[T](out), weight, db, v) }
			grads[0] = b.apply(dx, args...)
			grads[1] = b.expose(dw, grads[0])
		} else {
			dx.flops, dw.flops = forward.flops, forward.flops
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
	return y
}

// learned reports whether n depends on a trainable parameter.
func (b *Builder) learned(n *Node) bool {
	needed := upstream(n)
	for p, drawn := range b.drawn {
		if p.Trainable() && slices.Contains(needed, drawn) {
			return true
		}
	}
	return false
}

// expose draws the op that makes a second result of from's kernel a node: the kernel has already written its output.
func (b *Builder) expose(o *op, from *Node) *Node {
	o.run = func(gorgonia.Value, []gorgonia.Value) error { return nil }
	return b.apply(o, from)
}
