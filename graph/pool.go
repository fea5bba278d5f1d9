package graph

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/kernels/pool"
)

// poolConfig has the settings of pooling.
type poolConfig struct {
	window
	ceil    bool
	divisor pool.Divisor
}

// OnlyPoolOption is a setting of pooling alone.
type OnlyPoolOption func(*poolConfig)

func (o OnlyPoolOption) pool(c *poolConfig) { o(c) }

// CeilMode rounds the size of the result up instead of down: a last window may reach beyond the padding, if it begins
// in x or in the padding before it. It is PyTorch's ceil_mode=True.
func CeilMode() OnlyPoolOption { return func(c *poolConfig) { c.ceil = true } }

// CountIncludePad says whether padding counts in what averages divide by. Default true, as in PyTorch; ONNX's and
// TensorFlow's averages do without.
func CountIncludePad(include bool) OnlyPoolOption {
	return func(c *poolConfig) { c.divisor.ExcludePad = !include }
}

// DivisorOverride makes averages divide the sum of each window by n, not 0: PyTorch's divisor_override.
func DivisorOverride(n int) OnlyPoolOption { return func(c *poolConfig) { c.divisor.Override = n } }

// MaxPool2D draws the largest value of each window. x is [N, C, H, W], the result is [N, C, H', W'] with H' = ⌊(H +
// 2·padding − dilation·(kernel−1) − 1)/stride⌋ + 1. The stride is the kernel's size unless Stride sets it. The first of
// several equal values gets the gradient, and NaN counts as larger than any number, as in PyTorch. The options are
// Kernel, Stride, Padding, PaddingSides, SamePadding, Dilation and CeilMode.
func (b *Builder) MaxPool2D(x *Node, kernel int, opts ...PoolOption) *Node {
	return b.maxPool("MaxPool2D", x, 4, [2]int{kernel, kernel}, opts)
}

// MaxPool1D draws the largest value of each window of sequences, [N, C, L]. All else is as with MaxPool2D.
func (b *Builder) MaxPool1D(x *Node, kernel int, opts ...PoolOption) *Node {
	return b.maxPool("MaxPool1D", x, 3, [2]int{1, kernel}, opts)
}

func (b *Builder) maxPool(kind string, x *Node, rank int, kernel [2]int, opts []PoolOption) *Node {
	c, s, ok := b.openPool(kind, x, rank, kernel, opts)
	if !ok {
		return nil
	}
	o := poolOp(kind, x, s,
		func() poolKernel[float32] { return pool.NewMax[float32](s) },
		func() poolKernel[float64] { return pool.NewMax[float64](s) })
	o.Settings = c.settings(rank - 2)
	o.ONNX = c.maxForm(s, rank-2)
	o.maxPool = &s
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return nil
		}
		return reluPool(x, o)
	}
	return b.Op(o)
}

// AvgPool2D draws the mean of each window. Shapes and options are MaxPool2D's without Dilation, and CountIncludePad and
// DivisorOverride. By default padding counts as zeros in the mean, but not what CeilMode lets a window reach beyond it:
// PyTorch's count_include_pad=True.
func (b *Builder) AvgPool2D(x *Node, kernel int, opts ...PoolOption) *Node {
	return b.avgPool("AvgPool2D", x, 4, [2]int{kernel, kernel}, opts)
}

// AvgPool1D draws the mean of each window of sequences, [N, C, L]. All else is as with AvgPool2D.
func (b *Builder) AvgPool1D(x *Node, kernel int, opts ...PoolOption) *Node {
	return b.avgPool("AvgPool1D", x, 3, [2]int{1, kernel}, opts)
}

func (b *Builder) avgPool(kind string, x *Node, rank int, kernel [2]int, opts []PoolOption) *Node {
	c, s, ok := b.openPool(kind, x, rank, kernel, opts)
	if !ok {
		return nil
	}
	if c.dilation != [2]int{1, 1} {
		return b.Fail(fmt.Errorf("graph: %s: dilation %v: want 1, only maxima have others", kind, c.dilation))
	}
	o := averagePool(kind, x, s, c.divisor)
	o.Settings = append(c.settings(rank-2),
		Setting{"count include pad", !c.divisor.ExcludePad, true}, Setting{"divisor", c.divisor.Override, 0})
	o.ONNX = c.averageForm(s, rank-2)
	return b.Op(o)
}

func averagePool(kind string, x *Node, s pool.Shape, d pool.Divisor) Op {
	return poolOp(kind, x, s,
		func() poolKernel[float32] { return pool.NewAverageBy[float32](s, d) },
		func() poolKernel[float64] { return pool.NewAverageBy[float64](s, d) })
}

// settings returns what Layer.String shows of pooling over so many axes.
func (c *poolConfig) settings(axes int) []Setting {
	return append(c.window.settings(axes, c.kernel), Setting{"ceil mode", c.ceil, false})
}

// openPool opens a pooling layer and returns its settings and its geometry, and whether they are in order.
func (b *Builder) openPool(kind string, x *Node, rank int, kernel [2]int, opts []PoolOption) (
	c poolConfig, s pool.Shape, ok bool,
) {
	if !b.open(kind, x, rank) {
		return c, s, false
	}
	const unset = math.MinInt
	c.window = window{kernel: kernel, stride: [2]int{unset, unset}, dilation: [2]int{1, 1}}
	for _, o := range opts {
		o.pool(&c)
	}
	for i := range c.stride {
		if c.stride[i] == unset {
			c.stride[i] = c.kernel[i]
		}
	}
	if rank == 3 {
		c.flatten()
	}
	in := image(x.Shape())
	c.resolve(in)
	err := c.check(in)
	for i := range c.padding {
		if most := max(c.padding[i], c.padding[i]+c.more[i]); err == nil && 2*most > c.kernel[i] && !c.same {
			err = fmt.Errorf("padding %d: want at most half of the kernel's %d", most, c.kernel[i])
		}
	}
	if err != nil {
		b.Fail(fmt.Errorf("graph: %s: %w", kind, err))
		return c, s, false
	}
	return c, pool.Shape{
		N: in[0], C: in[1], H: in[2], W: in[3], KH: c.kernel[0], KW: c.kernel[1],
		StrideH: c.stride[0], StrideW: c.stride[1], PadH: c.padding[0], PadW: c.padding[1],
		MoreH: c.more[0], MoreW: c.more[1], DilH: c.dilation[0], DilW: c.dilation[1], Ceil: c.ceil,
	}, true
}

type poolKernel[T kernels.Float] interface {
	Forward(y, x []T)
	Backward(dx, dy []T)
}

func poolOp(kind string, x *Node, s pool.Shape, f32 func() poolKernel[float32], f64 func() poolKernel[float64]) Op {
	oh, ow := s.Out()
	shape := tensor.Shape{s.N, s.C, oh, ow}
	if x.Dims() == 3 {
		shape = tensor.Shape{s.N, s.C, ow}
	}
	return Op{
		Kind: kind, Inputs: []*Node{x}, Shape: shape, Reads: []int{Result},
		Float32: func() Plan[float32] { return poolPlan(f32()) },
		Float64: func() Plan[float64] { return poolPlan(f64()) },
	}
}

func poolPlan[T Float](k poolKernel[T]) Plan[T] {
	return Plan[T]{
		Forward:  func(c *Call[T]) error { k.Forward(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { k.Backward(c.DX[0], c.DY); return nil },
	}
}

// reluPool returns MaxPool2D and ReLU of x as one op, or nil if max is not MaxPool2D. Their order makes no difference.
func reluPool(x *Node, max Op) *Op {
	if max.maxPool == nil {
		return nil
	}
	s := *max.maxPool
	return &Op{
		Kind: "ReLU MaxPool2D", Inputs: []*Node{x}, Shape: max.Shape,
		Float32: func() Plan[float32] { return reluPoolPlan[float32](s) },
		Float64: func() Plan[float64] { return reluPoolPlan[float64](s) },
	}
}

func reluPoolPlan[T Float](s pool.Shape) Plan[T] {
	k := pool.NewReLUMax[T](s)
	return Plan[T]{
		Forward:  func(c *Call[T]) error { k.Forward(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { k.Backward(c.DX[0], c.DY, c.X[0], c.Y); return nil },
	}
}
