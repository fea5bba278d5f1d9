package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/conv"
)

// Conv2D draws a two-dimensional convolution (cross-correlation, as everywhere in deep learning):
//
//	y[n,o,i,j] = bias[o] + Σ_c Σ_u Σ_v weight[o,c,u,v] · x[n,c,i·stride+u·dilation−padding,j·stride+v·dilation−padding]
//
// x is [N, C, H, W]; y is [N, out, H', W'] with H' = ⌊(H + 2·padding − dilation·(kernel−1) − 1)/stride⌋ + 1. The
// parameters are name.weight, [out, C/groups, kernel, kernel], and name.bias, [out]. The options are Kernel, Stride,
// Padding, Dilation, Groups, NoBias, InitWeight, InitBias and
// StandardizeWeight. It is PyTorch's Conv2d with zero padding.
//
// Undilated 3×3 kernels with stride 1 and enough channels are computed by Winograd's algorithm, which needs a quarter
// of the multiplications. Its rounding errors are 2 to 6 times those of the sums above: in float32, with 256
// channels, 3e-6 of the largest result. A NaN or an infinity in x spreads to up to 4×4 outputs.
func (b *Builder) Conv2D(name string, x *Node, out, kernel int, opts ...ConvOption) *Node {
	if !b.openNamed(name, x, 4) {
		return nil
	}
	c := convConfig{
		weightConfig: weightConfig{bias: true, initWeight: DefaultInit, initBias: DefaultInit},
		window:       window{kernel: [2]int{kernel, kernel}, stride: [2]int{1, 1}, dilation: [2]int{1, 1}},
		groups:       1,
	}
	for _, o := range opts {
		o.conv(&c)
	}
	in := x.Shape()
	if err := c.check(in, out); err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	s := conv.Shape{
		N: in[0], C: in[1], H: in[2], W: in[3], OutC: out, KH: c.kernel[0], KW: c.kernel[1],
		StrideH: c.stride[0], StrideW: c.stride[1], PadH: c.padding[0], PadW: c.padding[1],
		DilH: c.dilation[0], DilW: c.dilation[1], Groups: c.groups,
	}
	taps := s.KH * s.KW
	fan := Fan{In: s.C / s.Groups * taps, Out: out * taps}
	weight := tensor.Shape{out, s.C / s.Groups, s.KH, s.KW}
	inputs := []*Node{x, b.Param(name+".weight", Weight, weight, c.initWeight, fan)}
	if c.standardize {
		inputs[1] = b.standardized(name, inputs[1])
	}
	if c.bias {
		inputs = append(inputs, b.Param(name+".bias", Bias, tensor.Shape{out}, c.initBias, fan))
	}
	oh, ow := s.Out()
	return b.Op(product{
		b: b, kind: "Conv2D", name: name, shape: tensor.Shape{s.N, out, oh, ow}, inputs: inputs,
		float32: func() productKernel[float32] { return conv.New[float32](s) },
		float64: func() productKernel[float64] { return conv.New[float64](s) },
		settings: []Setting{
			{"", c.kernel, nil},
			{"stride", c.stride, [2]int{1, 1}},
			{"padding", c.padding, [2]int{}},
			{"dilation", c.dilation, [2]int{1, 1}},
			{"groups", c.groups, 1},
		},
		onnx: Operator("Conv", Attribute{"dilations", c.dilation[:]}, Attribute{"group", c.groups},
			Attribute{"kernel_shape", c.kernel[:]}, Attribute{"pads", slices.Concat(c.padding[:], c.padding[:])},
			Attribute{"strides", c.stride[:]}),
	}.op(""))
}

// check returns an error for settings that are out of range and windows that do not fit into x, [N, C, H, W].
func (c *convConfig) check(x tensor.Shape, out int) error {
	switch {
	case out < 1:
		return fmt.Errorf("%d output channels: want at least 1", out)
	case c.groups < 1 || x[1]%c.groups != 0 || out%c.groups != 0:
		return fmt.Errorf("%d groups: want a divisor of both %d input and %d output channels", c.groups, x[1], out)
	}
	return c.window.check(x)
}

// check returns an error for settings that are out of range and windows that do not fit into x, [N, C, H, W].
func (w *window) check(x tensor.Shape) error {
	for i, axis := range []string{"height", "width"} {
		switch {
		case w.kernel[i] < 1:
			return fmt.Errorf("kernel %s %d: want at least 1", axis, w.kernel[i])
		case w.stride[i] < 1:
			return fmt.Errorf("stride %d: want at least 1", w.stride[i])
		case w.padding[i] < 0:
			return fmt.Errorf("padding %d: want at least 0", w.padding[i])
		case w.dilation[i] < 1:
			return fmt.Errorf("dilation %d: want at least 1", w.dilation[i])
		}
		if need, have := w.dilation[i]*(w.kernel[i]-1)+1, x[2+i]+2*w.padding[i]; need > have {
			return fmt.Errorf("its window covers %d of a padded %s of %d: its input has shape %v", need, axis, have, x)
		}
	}
	return nil
}
