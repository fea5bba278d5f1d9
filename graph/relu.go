package graph

import (
	"gorgonia.org/gorgonia"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/pool"
)

// ReLU draws max(0, x) for x of any shape. Its slope at 0 is 0, and NaN stays NaN: PyTorch's ReLU.
func (b *Builder) ReLU(x *Node) *Node {
	if !b.open("ReLU", x) {
		return nil
	}
	if o := b.fusable(x); o != nil && o.fused.relu != nil {
		return b.fuse(x, o.fused.relu())
	}
	y := b.withType(func() *Node { return relu[float32](b, x) }, func() *Node { return relu[float64](b, x) })
	return b.describe(y, Layer{Kind: "ReLU"})
}

func relu[T kernels.Float](b *Builder, x *Node) *Node {
	y := newOp[T](b, "ReLU", x.Shape())
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		elementwise.ReLU(Floats[T](out), Floats[T](in[0]))
		return nil
	}
	y.fused.pool = func(s pool.Shape) *Node { return reluPool[T](b, x, s) }
	y.grad = func(_ gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		return gorgonia.Nodes{reluGradient[T](b, dy, out)}, b.err
	}
	return b.apply(y, x)
}

// reluGradient draws dy where y = max(0, x) is greater than 0, and 0 elsewhere.
func reluGradient[T kernels.Float](b *Builder, dy, y *Node) *Node {
	dx := newOp[T](b, "ReLU dx", y.Shape())
	dx.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		elementwise.ReLUBackward(Floats[T](out), Floats[T](in[0]), Floats[T](in[1]))
		return nil
	}
	return b.apply(dx, dy, y)
}
