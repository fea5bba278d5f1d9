package graph

import (
	"math"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/attention"
)

// LearnedPositions draws x + weight, which tells a layer that sees a set where each vector stands. x is [N, T, C], and
// the parameter is name.weight, [T, C], the same for every sample, initially normal with deviation 0.02. The option is
// InitWeight.
//
// Dosovitskiy et al., An Image is Worth 16x16 Words, 2020, arXiv:2010.11929, section 3.1.
func (b *Builder) LearnedPositions(name string, x *Node, opts ...WeightOption) *Node {
	if !b.openNamed(name, x, 3) {
		return nil
	}
	c := weightConfig{initWeight: Normal(0, 0.02)}
	for _, o := range opts {
		o(&c)
	}
	shape := tensor.Shape{x.Shape()[1], x.Shape()[2]}
	w := b.Param(name+".weight", Bias, shape, c.initWeight, Fan{In: shape[0], Out: shape[1]})
	if b.err != nil {
		return nil
	}
	n, size := x.Shape()[0], shape.TotalSize()
	return b.Op(Op{
		Kind: "LearnedPositions", Name: name, Inputs: []*Node{x, w}, Shape: x.Shape(), Reads: []int{},
		Float32: func() Plan[float32] { return positionsPlan[float32](n, size, nil) },
		Float64: func() Plan[float64] { return positionsPlan[float64](n, size, nil) },
		ONNX:    Operator("Add"),
	})
}

// SinusoidalPositions draws x + p, where x is [N, T, C] and
//
//	p[t, 2i] = sin(t/10000^(2i/C)),  p[t, 2i+1] = cos(t/10000^(2i/C))
//
// Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762, section 3.5.
func (b *Builder) SinusoidalPositions(x *Node) *Node {
	if !b.open("SinusoidalPositions", x, 3) {
		return nil
	}
	n, t, c := x.Shape()[0], x.Shape()[1], x.Shape()[2]
	return b.Op(Op{
		Kind: "SinusoidalPositions", Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{},
		Float32: func() Plan[float32] { return positionsPlan(n, t*c, sinusoids[float32](t, c)) },
		Float64: func() Plan[float64] { return positionsPlan(n, t*c, sinusoids[float64](t, c)) },
		ONNX: func(to ONNX, in []string) (string, error) {
			return to.Node("Add", []string{in[0], to.Floats([]int{t, c}, sinusoids[float32](t, c))}), nil
		},
	})
}

// sinusoids returns the table p of SinusoidalPositions.
func sinusoids[T Float](t, c int) []T {
	p := make([]T, t*c)
	for i := range p {
		k := i % c
		angle := float64(i/c) / math.Pow(10000, float64(k-k%2)/float64(c))
		if k%2 == 0 {
			p[i] = T(math.Sin(angle))
		} else {
			p[i] = T(math.Cos(angle))
		}
	}
	return p
}

// positionsPlan adds fixed, or the second input if that is nil, to each of n samples of x.
func positionsPlan[T Float](n, size int, fixed []T) Plan[T] {
	k := attention.NewPositions[T](n, size)
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			if fixed != nil {
				k.Forward(c.Y, c.X[0], fixed)
			} else {
				k.Forward(c.Y, c.X[0], c.X[1])
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			if fixed != nil {
				k.Backward(c.DX[0], nil, c.DY)
			} else {
				k.Backward(c.DX[0], c.DX[1], c.DY)
			}
			return nil
		},
	}
}
