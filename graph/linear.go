package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/gemm"
)

// Linear draws a fully connected layer, y = x·weightᵀ + bias. x is [N, in], y is [N, out]. The parameters are
// name.weight, [out, in], and name.bias, [out]. The options are NoBias, WeightOf, WeightNode, InitWeight, InitBias
// and StandardizeWeight. It is PyTorch's Linear.
func (b *Builder) Linear(name string, x *Node, out int, opts ...LinearOption) *Node {
	if !b.openNamed(name, x, 2) {
		return nil
	}
	c := weightConfig{bias: true, initWeight: DefaultInit, initBias: DefaultInit}
	for _, o := range opts {
		o.linear(&c)
	}
	if out < 1 {
		return b.Fail(fmt.Errorf("graph: %s: %d outputs: want at least 1", name, out))
	}
	n, in := x.Shape()[0], x.Shape()[1]
	fan := Fan{In: in, Out: out}
	inputs := append([]*Node{x}, b.weights(name, &c, tensor.Shape{out, in}, out, fan)...)
	if b.err != nil {
		return nil
	}
	return b.Op(product{
		b: b, kind: "Linear", name: name, shape: tensor.Shape{n, out}, inputs: inputs,
		float32: func() productKernel[float32] { return gemm.NewLinear[float32](n, in, out) },
		float64: func() productKernel[float64] { return gemm.NewLinear[float64](n, in, out) },
		onnx:    Operator("Gemm", Attribute{"transB", 1}),
	}.op(""))
}
