package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/activation"
)

// PReLUOption is a setting of PReLU.
type PReLUOption func(*preluConfig)

type preluConfig struct {
	perChannel bool
	init       Init
}

// SlopePerChannel gives each channel, axis 1, a slope: PyTorch's num_parameters. Default: one slope for all.
func SlopePerChannel() PReLUOption { return func(c *preluConfig) { c.perChannel = true } }

// InitSlope samples the initial slopes with init. Default Constant(0.25).
func InitSlope(init Init) PReLUOption { return func(c *preluConfig) { c.init = init } }

// PReLU draws x where x > 0, and weight·x elsewhere, for x of at least two axes. The parameter is name.weight, [1], or
// [C] with SlopePerChannel, initially 0.25. It is PyTorch's PReLU. Weight decay should not act on the slopes.
//
// He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.
func (b *Builder) PReLU(name string, x *Node, opts ...PReLUOption) *Node {
	if !b.openNamed(name, x) {
		return nil
	}
	shape := x.Shape()
	if len(shape) < 2 {
		return b.Fail(fmt.Errorf("graph: %s: its input has shape %v, want at least two axes", name, shape))
	}
	c := preluConfig{init: Constant(0.25)}
	for _, o := range opts {
		o(&c)
	}
	channels := 1
	if c.perChannel {
		channels = shape[1]
	}
	n, inner := shape[0], shape.TotalSize()/shape[0]/channels
	w := b.Param(name+".weight", NormWeight, tensor.Shape{channels}, c.init, Fan{})
	return b.Op(Op{
		Kind: "PReLU", Name: name, Inputs: []*Node{x, w}, Shape: shape, Reads: []int{0, 1},
		Float32:  func() Plan[float32] { return preluPlan(activation.NewPReLU[float32](n, channels, inner)) },
		Float64:  func() Plan[float64] { return preluPlan(activation.NewPReLU[float64](n, channels, inner)) },
		Settings: []Setting{{"per channel", c.perChannel, false}},
		ONNX: func(to ONNX, in []string) (string, error) {
			if channels > 1 && len(shape) > 2 {
				each := make([]int, len(shape)-1)
				for i := range each {
					each[i] = 1
				}
				each[0] = channels
				values, _, ok := to.Values(in[1])
				if !ok {
					return "", fmt.Errorf("graph: %s: its slopes are no parameter", name)
				}
				in = []string{in[0], to.Floats(each, values)}
			}
			return to.Node("PRelu", in), nil
		},
	})
}

func preluPlan[T Float](p *activation.PReLU[T]) Plan[T] {
	return Plan[T]{
		Forward:  func(c *Call[T]) error { p.Forward(c.Y, c.X[0], c.X[1]); return nil },
		Backward: func(c *Call[T]) error { p.Backward(c.DX[0], c.DX[1], c.DY, c.X[0], c.X[1]); return nil },
	}
}
