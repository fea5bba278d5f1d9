package graph

import "anneal/internal/kernels/elementwise"

// ReLU draws max(0, x) for x of any shape. Its slope at 0 is 0, and NaN stays NaN: PyTorch's ReLU.
func (b *Builder) ReLU(x *Node) *Node {
	if !b.open("ReLU", x) {
		return nil
	}
	return b.Op(Op{
		Kind: "ReLU", Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{Result},
		Float32: reluPlan[float32], Float64: reluPlan[float64],
		Fuse: func(next Op) *Op { return reluPool(x, next) },
		ONNX: Operator("Relu"),
	})
}

func reluPlan[T Float]() Plan[T] {
	return Plan[T]{
		Forward:  func(c *Call[T]) error { elementwise.ReLU(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { elementwise.ReLUBackward(c.DX[0], c.DY, c.Y); return nil },
	}
}
