package graph

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/conv"
)

// ConvTranspose2D draws a transposed convolution, which enlarges images with a stride. Each number of x adds a kernel,
// scaled by it, to the result:
//
//	y[n,o,i·stride+u·dilation−padding,j·stride+v·dilation−padding] += weight[c,o,u,v] · x[n,c,i,j]
//
// plus bias[o]. x is [N, C, H, W]; y is [N, out, H', W'] with H' = (H−1)·stride − 2·padding + dilation·(kernel−1) +
// outputPadding + 1. The parameters are name.weight, [C, out/groups, kernel, kernel], and name.bias, [out]. The options
// are those of Conv2D, with zeros as padding on both sides alike, and OutputPadding.
//
// It is the gradient of a Conv2D, which has the same weight, with respect to its input, and runs on its kernels. It is
// PyTorch's ConvTranspose2d.
func (b *Builder) ConvTranspose2D(name string, x *Node, out, kernel int, opts ...ConvOption) *Node {
	if !b.openNamed(name, x, 4) {
		return nil
	}
	return b.convTranspose("ConvTranspose2D", name, x, out, newConvConfig([2]int{kernel, kernel}, opts))
}

// ConvTranspose1D draws a transposed convolution of sequences: x is [N, C, L], y [N, out, L'], and name.weight [C,
// out/groups, kernel]. All else is as with ConvTranspose2D. It is PyTorch's ConvTranspose1d.
func (b *Builder) ConvTranspose1D(name string, x *Node, out, kernel int, opts ...ConvOption) *Node {
	if !b.openNamed(name, x, 3) {
		return nil
	}
	c := newConvConfig([2]int{1, kernel}, opts)
	c.flatten()
	c.outputPadding[0] = 0
	return b.convTranspose("ConvTranspose1D", name, x, out, c)
}

// convTranspose draws the layer of a kind. An x of three axes has height 1.
func (b *Builder) convTranspose(kind, name string, x *Node, out int, c convConfig) *Node {
	s, err := c.transposed(x.Shape(), out)
	if err == nil && c.standardize {
		err = errors.New("StandardizeWeight is for convolutions that are not transposed, and for Linear")
	}
	if err != nil {
		return b.Fail(fmt.Errorf("graph: %s: %w", name, err))
	}
	taps := s.KH * s.KW
	fan := Fan{In: out / c.groups * taps, Out: s.OutC * taps} // as PyTorch counts them
	weight, shape := tensor.Shape{s.OutC, out / c.groups, s.KH, s.KW}, tensor.Shape{s.N, out, s.H, s.W}
	if x.Dims() == 3 {
		weight, shape = tensor.Shape{s.OutC, out / c.groups, s.KW}, tensor.Shape{s.N, out, s.W}
	}
	inputs := append([]*Node{x}, b.weights(name, &c.weightConfig, weight, out, fan)...)
	if b.err != nil {
		return nil
	}
	o := Op{
		Kind: kind, Name: name, Inputs: inputs, Shape: shape, Reads: []int{0, 1},
		Float32:  func() Plan[float32] { return productPlan(conv.NewTransposed[float32](s), false) },
		Float64:  func() Plan[float64] { return productPlan(conv.NewTransposed[float64](s), false) },
		FLOPs:    2 * int64(x.Shape().TotalSize()) * int64(weight.TotalSize()/s.OutC),
		Settings: c.settings(len(shape) - 2),
		ONNX:     func(to ONNX, in []string) (string, error) { return c.transposedForm(to, in, out, len(shape)-2), nil },
	}
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return nil
		}
		both := o
		both.Name, both.Reads, both.Fuse = name+" ReLU", []int{0, 1, Result}, nil
		both.Float32 = func() Plan[float32] { return productPlan(conv.NewTransposed[float32](s), true) }
		both.Float64 = func() Plan[float64] { return productPlan(conv.NewTransposed[float64](s), true) }
		return &both
	}
	return b.Op(o)
}

// transposed returns the shape of the convolution whose gradient is a ConvTranspose of x.
func (c *convConfig) transposed(x tensor.Shape, out int) (conv.Shape, error) {
	x = image(x)
	s := conv.Shape{
		N: x[0], C: out, OutC: x[1], KH: c.kernel[0], KW: c.kernel[1], StrideH: c.stride[0], StrideW: c.stride[1],
		PadH: c.padding[0], PadW: c.padding[1], DilH: c.dilation[0], DilW: c.dilation[1], Groups: c.groups,
	}
	if err := c.checkChannels(x[1], out); err != nil {
		return s, err
	}
	if err := c.window.checkSettings(); err != nil {
		return s, err
	}
	if c.same || c.more != [2]int{} || c.padMode != PadConstant {
		return s, fmt.Errorf("padding %v with mode %v: want zeros, on both sides alike", c.sides(), c.padMode)
	}
	var size [2]int
	for i, axis := range []string{"height", "width"} {
		more, most := c.outputPadding[i], max(c.stride[i], c.dilation[i])-1
		if more < 0 || more > most {
			return s, fmt.Errorf("output padding %d: want 0 to %d, less than stride or dilation", more, most)
		}
		size[i] = (x[2+i]-1)*c.stride[i] - 2*c.padding[i] + c.dilation[i]*(c.kernel[i]-1) + more + 1
		if size[i] < 1 {
			return s, fmt.Errorf("its result has %s %d: its input has shape %v", axis, size[i], x)
		}
	}
	s.H, s.W, s.MoreH, s.MoreW = size[0], size[1], -c.outputPadding[0], -c.outputPadding[1]
	return s, nil
}

// transposedForm writes a ConvTranspose over so many axes. Runtimes have other limits of output padding: it is less
// padding at the end here, and zeros beyond that.
func (c *convConfig) transposedForm(to ONNX, in []string, out, axes int) string {
	w := c.window
	var beyond [2]int
	for i, more := range c.outputPadding {
		w.more[i] = -min(more, w.padding[i])
		beyond[i] = more + w.more[i]
	}
	all := c.attributes(w, axes)
	if beyond == [2]int{} {
		return to.Node("ConvTranspose", in, all...)
	}
	y := to.Node("ConvTranspose", in[:2], all...)
	pads := append(make([]int, 4+axes), beyond[2-axes:]...)
	y = to.Node("Pad", []string{y, to.Ints(pads...), to.Floats(nil, []float32{0})}, Attribute{"mode", "constant"})
	if len(in) < 3 {
		return y
	}
	bias := to.Node("Reshape", []string{in[2], to.Ints(append([]int{out}, []int{1, 1}[:axes]...)...)})
	return to.Node("Add", []string{y, bias})
}
