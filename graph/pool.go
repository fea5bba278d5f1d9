package graph

import (
	"fmt"
	"math"

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
	o := poolOp("MaxPool2D", x, s,
		func() poolKernel[float32] { return pool.NewMax[float32](s) },
		func() poolKernel[float64] { return pool.NewMax[float64](s) })
	o.Settings, o.ONNX = windowSettings(s), Operator("MaxPool", windowAttributes(s)...)
	o.maxPool = &s
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return nil
		}
		return reluPool(x, o)
	}
	return b.Op(o)
}

// AvgPool2D draws the mean of each window. Shapes and options are MaxPool2D's. Padding counts as zeros in the mean:
// PyTorch's count_include_pad=True.
func (b *Builder) AvgPool2D(x *Node, kernel int, opts ...PoolOption) *Node {
	s, ok := b.poolShape("AvgPool2D", x, kernel, opts)
	if !ok {
		return nil
	}
	o := averagePool("AvgPool2D", x, s)
	o.Settings = windowSettings(s)
	o.ONNX = Operator("AveragePool", append([]Attribute{{"count_include_pad", 1}}, windowAttributes(s)...)...)
	return b.Op(o)
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
	o := averagePool(name, x, s)
	o.Settings, o.ONNX = []Setting{{"", [2]int{s.KH, s.KW}, nil}}, Operator("GlobalAveragePool")
	return b.Op(o)
}

func averagePool(kind string, x *Node, s pool.Shape) Op {
	return poolOp(kind, x, s,
		func() poolKernel[float32] { return pool.NewAverage[float32](s) },
		func() poolKernel[float64] { return pool.NewAverage[float64](s) })
}

// windowSettings returns the settings of pooling.
func windowSettings(s pool.Shape) []Setting {
	kernel := [2]int{s.KH, s.KW}
	return []Setting{
		{"", kernel, nil}, {"stride", [2]int{s.StrideH, s.StrideW}, kernel}, {"padding", [2]int{s.PadH, s.PadW}, [2]int{}},
	}
}

// windowAttributes returns the attributes that ONNX's operators for pooling share.
func windowAttributes(s pool.Shape) []Attribute {
	return []Attribute{
		{"kernel_shape", []int{s.KH, s.KW}},
		{"pads", []int{s.PadH, s.PadW, s.PadH, s.PadW}}, // before each axis, then after
		{"strides", []int{s.StrideH, s.StrideW}},
	}
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

func poolOp(kind string, x *Node, s pool.Shape, f32 func() poolKernel[float32], f64 func() poolKernel[float64]) Op {
	oh, ow := s.Out()
	return Op{
		Kind: kind, Inputs: []*Node{x}, Shape: tensor.Shape{s.N, s.C, oh, ow}, Reads: []int{Result},
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
