package graph

import (
	"fmt"
	"math"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/kernels/pool"
)

// MaxPool2D draws the largest value of each window. x is [N, C, H, W], the result is [N, C, H', W'] with H' = ⌊(H +
// 2·padding − kernel)/stride⌋ + 1. The stride is the kernel's size unless Stride sets it. The first of several equal
// values gets the gradient, and NaN counts as larger than any number, as in PyTorch. The options are Kernel, Stride
// and Padding.
func (b *Builder) MaxPool2D(x *Node, kernel int, opts ...PoolOption) *Node {
	s, ok := b.poolShape("MaxPool2D", x, kernel, opts)
	if !ok {
		return nil
	}
	if o := b.fusable(x); o != nil && o.fused.pool != nil {
		return b.fuse(x, o.fused.pool(s))
	}
	y := b.withType(func() *Node { return maxPool[float32](b, x, s) }, func() *Node { return maxPool[float64](b, x, s) })
	return b.describePool(y, "MaxPool2D", s)
}

// maxPool draws MaxPool2D alone. ReLU may be fused with it.
func maxPool[T kernels.Float](b *Builder, x *Node, s pool.Shape) *Node {
	y := poolOp(b, "MaxPool2D", x, s, pool.NewMax[T](s))
	if b.err == nil {
		y.Op().(*op).fused.relu = func() *Node { return reluPool[T](b, x, s) }
	}
	return y
}

// AvgPool2D draws the mean of each window. Shapes and options are MaxPool2D's. Padding counts as zeros in the mean:
// PyTorch's count_include_pad=True.
func (b *Builder) AvgPool2D(x *Node, kernel int, opts ...PoolOption) *Node {
	s, ok := b.poolShape("AvgPool2D", x, kernel, opts)
	if !ok {
		return nil
	}
	return b.avgPool("AvgPool2D", x, s)
}

// GlobalAvgPool2D draws the mean of each channel. x is [N, C, H, W], the result is [N, C, 1, 1]: PyTorch's
// AdaptiveAvgPool2d(1).
func (b *Builder) GlobalAvgPool2D(x *Node) *Node {
	const name = "GlobalAvgPool2D"
	if !b.open(name, x, 4) {
		return nil
	}
	in := x.Shape()
	s := pool.Shape{N: in[0], C: in[1], H: in[2], W: in[3], KH: in[2], KW: in[3], StrideH: 1, StrideW: 1}
	return b.avgPool(name, x, s)
}

func (b *Builder) avgPool(name string, x *Node, s pool.Shape) *Node {
	y := b.withType(
		func() *Node { return poolOp(b, name, x, s, pool.NewAverage[float32](s)) },
		func() *Node { return poolOp(b, name, x, s, pool.NewAverage[float64](s)) })
	return b.describePool(y, name, s)
}

func (b *Builder) describePool(y *Node, kind string, s pool.Shape) *Node {
	return b.describe(y, Layer{
		Kind: kind, Kernel: [2]int{s.KH, s.KW}, Stride: [2]int{s.StrideH, s.StrideW}, Padding: [2]int{s.PadH, s.PadW},
	})
}

// poolShape opens a pooling layer and returns its geometry, and whether the settings are in order.
func (b *Builder) poolShape(name string, x *Node, kernel int, opts []PoolOption) (pool.Shape, bool) {
	if !b.open(name, x, 4) {
		return pool.Shape{}, false
	}
	const unset = math.MinInt
	w := window{kernel: [2]int{kernel, kernel}, stride: [2]int{unset, unset}, dilation: [2]int{1, 1}}
	for _, o := range opts {
		o.pool(&w)
	}
	if w.stride[0] == unset {
		w.stride = w.kernel
	}
	err := w.check(x.Shape())
	for i := range w.padding {
		if err == nil && 2*w.padding[i] > w.kernel[i] {
			err = fmt.Errorf("padding %d: want at most half of the kernel's %d", w.padding[i], w.kernel[i])
		}
	}
	if err != nil {
		b.Fail(fmt.Errorf("graph: %s: %w", name, err))
		return pool.Shape{}, false
	}
	in := x.Shape()
	return pool.Shape{
		N: in[0], C: in[1], H: in[2], W: in[3], KH: w.kernel[0], KW: w.kernel[1],
		StrideH: w.stride[0], StrideW: w.stride[1], PadH: w.padding[0], PadW: w.padding[1],
	}, true
}

type poolKernel[T kernels.Float] interface {
	Forward(y, x []T)
	Backward(dx, dy []T)
}

func poolOp[T kernels.Float](b *Builder, name string, x *Node, s pool.Shape, k poolKernel[T]) *Node {
	oh, ow := s.Out()
	y := newOp[T](b, name, tensor.Shape{s.N, s.C, oh, ow})
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		k.Forward(Floats[T](out), Floats[T](in[0]))
		return nil
	}
	y.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		dx := newOp[T](b, name+" dx", in[0].Shape())
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			k.Backward(Floats[T](out), Floats[T](v[0]))
			return nil
		}
		return gorgonia.Nodes{b.apply(dx, dy, out)}, b.err
	}
	return b.apply(y, x)
}

// reluPool draws MaxPool2D and ReLU as one op. Their order makes no difference.
func reluPool[T kernels.Float](b *Builder, x *Node, s pool.Shape) *Node {
	oh, ow := s.Out()
	k := pool.NewReLUMax[T](s)
	y := newOp[T](b, "ReLU MaxPool2D", tensor.Shape{s.N, s.C, oh, ow})
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		k.Forward(Floats[T](out), Floats[T](in[0]))
		return nil
	}
	y.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		dx := newOp[T](b, "ReLU MaxPool2D dx", in[0].Shape())
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			k.Backward(Floats[T](out), Floats[T](v[0]), Floats[T](v[1]), Floats[T](v[2]))
			return nil
		}
		return gorgonia.Nodes{b.apply(dx, dy, in[0], out)}, b.err
	}
	return b.apply(y, x)
}
