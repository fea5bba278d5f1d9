package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/gemm"
)

// Linear draws a fully connected layer, y = x·weightᵀ + bias, on the last axis: x is [N, …, in], y is [N, …, out]. The
// parameters are name.weight, [out, in], and name.bias, [out]. The options are NoBias, WeightOf, WeightNode,
// InitWeight, InitBias and StandardizeWeight. It is PyTorch's Linear.
func (b *Builder) Linear(name string, x *Node, out int, opts ...LinearOption) *Node {
	if !b.openNamed(name, x) {
		return nil
	}
	c := weightConfig{bias: true, initWeight: DefaultInit, initBias: DefaultInit}
	for _, o := range opts {
		o.linear(&c)
	}
	last := x.Dims() - 1
	switch {
	case last < 1:
		return b.Fail(fmt.Errorf("graph: %s: its input has shape %v, want [N, C] or [N, …, C]", name, x.Shape()))
	case out < 1:
		return b.Fail(fmt.Errorf("graph: %s: %d outputs: want at least 1", name, out))
	}
	in := x.Shape()[last]
	n := x.Shape().TotalSize() / in
	fan := Fan{In: in, Out: out}
	inputs := append([]*Node{x}, b.weights(name, &c, tensor.Shape{out, in}, out, fan)...)
	if b.err != nil {
		return nil
	}
	p := product{
		b: b, kind: "Linear", name: name, shape: append(x.Shape()[:last].Clone(), out), inputs: inputs,
		float32: func() productKernel[float32] { return gemm.NewLinear[float32](n, in, out) },
		float64: func() productKernel[float64] { return gemm.NewLinear[float64](n, in, out) },
		onnx:    Operator("Gemm", Attribute{"transB", 1}),
	}
	if last > 1 {
		p.onnx = linearONNX
	}
	return b.Op(p.op(""))
}

// linearONNX writes Linear on more than two axes, which Gemm does not take: MatMul and Add.
func linearONNX(to ONNX, in []string) (string, error) {
	y := to.Node("MatMul", []string{in[0], transposedONNX(to, in[1])})
	if len(in) == 3 {
		y = to.Node("Add", []string{y, in[2]})
	}
	return y, nil
}

// transposedONNX returns the name of a matrix transposed: a constant, if it is one.
func transposedONNX(to ONNX, matrix string) string {
	values, shape, ok := to.Values(matrix)
	if !ok {
		return to.Node("Transpose", []string{matrix})
	}
	return to.Floats([]int{shape[1], shape[0]}, flipped(values, shape[0], shape[1]))
}

// flipped returns the transpose of a matrix of rows rows.
func flipped(m []float32, rows, columns int) []float32 {
	t := make([]float32, len(m))
	for i := range rows {
		for j := range columns {
			t[j*rows+i] = m[i*columns+j]
		}
	}
	return t
}
