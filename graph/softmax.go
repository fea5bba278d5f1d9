package graph

import "anneal/internal/kernels/activation"

// SoftMax draws exp(x) / Σ exp(x), where the sum runs along one axis of x, counted from 0. Large numbers do not
// overflow: x's maximum along the axis is subtracted first. It is PyTorch's softmax.
func (b *Builder) SoftMax(x *Node, axis int) *Node { return b.softMax("SoftMax", x, axis, false) }

// LogSoftMax draws the logarithm of SoftMax, x − log Σ exp(x), which keeps the digits of small probabilities. It is
// PyTorch's log_softmax. A model's logits need none: the loss takes them as they are.
func (b *Builder) LogSoftMax(x *Node, axis int) *Node { return b.softMax("LogSoftMax", x, axis, true) }

func (b *Builder) softMax(name string, x *Node, axis int, logarithm bool) *Node {
	if !b.openAxis(name, x, axis) {
		return nil
	}
	outer, size, inner := axisLayout(x.Shape(), axis)
	operator := "Softmax"
	if logarithm {
		operator = "LogSoftmax"
	}
	return b.Op(Op{
		Kind: name, Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{Result},
		Float32:  func() Plan[float32] { return softMaxPlan[float32](outer, size, inner, logarithm) },
		Float64:  func() Plan[float64] { return softMaxPlan[float64](outer, size, inner, logarithm) },
		Settings: []Setting{{"", axis, nil}},
		ONNX:     Operator(operator, Attribute{"axis", axis}),
	})
}

func softMaxPlan[T Float](outer, size, inner int, logarithm bool) Plan[T] {
	p := activation.NewSoftmax[T](outer, size, inner, logarithm)
	return Plan[T]{
		Forward:  func(c *Call[T]) error { p.Forward(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { p.Backward(c.DX[0], c.DY, c.Y); return nil },
	}
}
