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
	y := b.Op(Op{
		Kind: "ReLU", Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{Result},
		Float32: reluPlan[float32], Float64: reluPlan[float64],
	})
	if y != nil {
		if o := y.Op().(*op); o.name == "ReLU" {
			o.fused.pool = func(s pool.Shape) *Node {
				return b.withType(
					func() *Node { return reluPool[float32](b, x, s) },
					func() *Node { return reluPool[float64](b, x, s) })
			}
		}
	}
	return y
}

func reluPlan[T Float]() Plan[T] {
	return Plan[T]{
		Forward:  func(c *Call[T]) error { elementwise.ReLU(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { elementwise.ReLUBackward(c.DX[0], c.DY, c.Y); return nil },
	}
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
