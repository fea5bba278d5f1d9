package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/conv"
)

// Conv2D draws a two-dimensional convolution (cross-correlation, as everywhere in deep learning):
//
//	y[n,o,i,j] = bias[o] + Σ_c Σ_u Σ_v weight[o,c,u,v] · x[n,c,i·stride+u·dilation−padding,j·stride+v·dilation−padding]
//
// x is [N, C, H, W]; y is [N, out, H', W'] with H' = ⌊(H + 2·padding − dilation·(kernel−1) − 1)/stride⌋ + 1. The
// parameters are name.weight, [out, C/groups, kernel, kernel], and name.bias, [out]. The options are Kernel, Stride,
// Padding, PaddingSides, SamePadding, a PadMode, Dilation, Groups, NoBias, WeightOf, WeightNode, InitWeight,
// InitBias and StandardizeWeight. It is PyTorch's Conv2d; a PadMode is its padding_mode.
//
// Undilated 3×3 kernels with stride 1 and enough channels are computed by Winograd's algorithm, which needs a quarter
// of the multiplications. Its rounding errors are 2 to 6 times those of the sums above: in float32, with 256
// channels, 3e-6 of the largest result. A NaN or an infinity in x spreads to up to 4×4 outputs.
func (b *Builder) Conv2D(name string, x *Node, out, kernel int, opts ...ConvOption) *Node {
	if !b.openNamed(name, x, 4) {
		return nil
	}
	return b.convolution("Conv2D", name, x, out, newConvConfig([2]int{kernel, kernel}, opts))
}

// Conv1D draws a convolution of sequences: x is [N, C, L], y [N, out, L'], and name.weight [out, C/groups, kernel]. All
// else is as with Conv2D. It is PyTorch's Conv1d.
func (b *Builder) Conv1D(name string, x *Node, out, kernel int, opts ...ConvOption) *Node {
	if !b.openNamed(name, x, 3) {
		return nil
	}
	c := newConvConfig([2]int{1, kernel}, opts)
	c.flatten()
	return b.convolution("Conv1D", name, x, out, c)
}

// newConvConfig returns the settings of a convolution with a kernel of this size and options.
func newConvConfig(kernel [2]int, opts []ConvOption) convConfig {
	c := convConfig{
		weightConfig: weightConfig{bias: true, initWeight: DefaultInit, initBias: DefaultInit},
		window:       window{kernel: kernel, stride: [2]int{1, 1}, dilation: [2]int{1, 1}},
		groups:       1,
	}
	for _, o := range opts {
		o.conv(&c)
	}
	return c
}

// convolution draws the layer of a kind. An x of three axes has height 1.
func (b *Builder) convolution(kind, name string, x *Node, out int, c convConfig) *Node {
	axes := x.Dims() - 2
	c.resolve(image(x.Shape()))
	if c.padMode != PadConstant && (c.padding != [2]int{} || c.more != [2]int{}) {
		if x = b.padFor(name, x, &c); x == nil {
			return nil
		}
	}
	in := image(x.Shape())
	if err := c.check(in, out); err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	s := conv.Shape{
		N: in[0], C: in[1], H: in[2], W: in[3], OutC: out, KH: c.kernel[0], KW: c.kernel[1],
		StrideH: c.stride[0], StrideW: c.stride[1], PadH: c.padding[0], PadW: c.padding[1],
		DilH: c.dilation[0], DilW: c.dilation[1], Groups: c.groups, MoreH: c.more[0], MoreW: c.more[1],
	}
	taps := s.KH * s.KW
	fan := Fan{In: s.C / s.Groups * taps, Out: out * taps}
	oh, ow := s.Out()
	weight, shape := tensor.Shape{out, s.C / s.Groups, s.KH, s.KW}, tensor.Shape{s.N, out, oh, ow}
	if axes == 1 {
		weight, shape = tensor.Shape{out, s.C / s.Groups, s.KW}, tensor.Shape{s.N, out, ow}
	}
	inputs := append([]*Node{x}, b.weights(name, &c.weightConfig, weight, out, fan)...)
	if b.err != nil {
		return nil
	}
	return b.Op(product{
		b: b, kind: kind, name: name, shape: shape, inputs: inputs,
		float32:  func() productKernel[float32] { return conv.New[float32](s) },
		float64:  func() productKernel[float64] { return conv.New[float64](s) },
		settings: c.settings(axes),
		onnx:     Operator("Conv", c.attributes(c.window, axes)...),
	}.op(""))
}

// image returns the shape of x as [N, C, H, W]: sequences have height 1.
func image(x tensor.Shape) tensor.Shape {
	if len(x) == 3 {
		return tensor.Shape{x[0], x[1], 1, x[2]}
	}
	return x
}

// padFor draws the padding of a convolution that is not zeros, and takes it from c.
func (b *Builder) padFor(name string, x *Node, c *convConfig) *Node {
	err := c.checkSettings()
	s := c.sides()
	sides := []int{s[2], s[3], s[0], s[1]}[:2*(x.Dims()-2)]
	pad := padConfig{mode: c.padMode}
	if err == nil {
		_, _, err = pad.axes(x.Shape(), sides)
	}
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	c.padding, c.more = [2]int{}, [2]int{}
	return b.Pad(x, sides, c.padMode)
}

// settings returns what Layer.String shows of a convolution over so many axes.
func (c *convConfig) settings(axes int) []Setting {
	s := append(c.window.settings(axes, [2]int{1, 1}), Setting{"groups", c.groups, 1})
	if axes == 1 {
		return append(s, Setting{"output padding", c.outputPadding[1], 0})
	}
	return append(s, Setting{"output padding", c.outputPadding, [2]int{}})
}

// attributes returns the ONNX attributes of a convolution by w over so many axes.
func (c *convConfig) attributes(w window, axes int) []Attribute {
	all := w.attributes(axes)
	return append([]Attribute{all[0], {"group", c.groups}}, all[1:]...)
}

// check returns an error for settings that are out of range and windows that do not fit into x, [N, C, H, W].
func (c *convConfig) check(x tensor.Shape, out int) error {
	if err := c.checkChannels(x[1], out); err != nil {
		return err
	}
	if c.outputPadding != [2]int{} {
		return fmt.Errorf("output padding %v: want a transposed convolution", c.outputPadding)
	}
	return c.window.check(x)
}

func (c *convConfig) checkChannels(in, out int) error {
	switch {
	case out < 1:
		return fmt.Errorf("%d output channels: want at least 1", out)
	case c.groups < 1 || in%c.groups != 0 || out%c.groups != 0:
		return fmt.Errorf("%d groups: want a divisor of both %d input and %d output channels", c.groups, in, out)
	}
	return nil
}
