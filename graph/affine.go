package graph

import (
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
// is two kernels, one for dx and one for dw and db, so that a first layer's dx, which nobody asks for, is not computed.
func affine[T kernels.Float](b *Builder, name string, shape tensor.Shape, k affineKernel[T], children []*Node, rectify bool) *Node {
	forward := newOp[T](b, name, shape)
	forward.flops = 2 * int64(shape.TotalSize()) * int64(children[1].Shape().TotalSize()/shape[1])
	forward.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		var bias []T
		if len(in) == 3 {
			bias = data[T](in[2])
		}
		k.Forward(data[T](out), data[T](in[0]), data[T](in[1]), bias, rectify)
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
		dx := newOp[T](b, name+" dx", in[0].Shape())
		dx.flops = forward.flops
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			k.Backward(data[T](out), nil, nil, data[T](v[0]), data[T](v[1]), data[T](v[2]))
			return nil
		}
		dw := newOp[T](b, name+" dw", in[1].Shape())
		dw.flops = forward.flops
		var db []T
		dw.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			k.Backward(nil, data[T](out), db, data[T](v[0]), data[T](v[1]), data[T](v[2]))
			return nil
		}
		grads := gorgonia.Nodes{b.apply(dx, dy, in[0], in[1], out), b.apply(dw, dy, in[0], in[1], out)}
		if len(in) == 3 {
			bias := newOp[T](b, name+" db", in[2].Shape())
			db = data[T](bias.output())
			grads = append(grads, b.expose(bias, grads[1]))
		}
		return grads, b.err
	}
	return y
}

// expose draws the op that makes a second result of from's kernel a node: the kernel has already written its output.
func (b *Builder) expose(o *op, from *Node) *Node {
	o.run = func(gorgonia.Value, []gorgonia.Value) error { return nil }
	return b.apply(o, from)
}
