package graph

import (
	"fmt"

	"anneal/internal/kernels/pool"
)

// GlobalAvgPool2D draws the mean of each channel. x is [N, C, H, W], the result is [N, C, 1, 1]: PyTorch's
// AdaptiveAvgPool2d(1).
func (b *Builder) GlobalAvgPool2D(x *Node) *Node {
	const name = "GlobalAvgPool2D"
	if !b.open(name, x, 4) {
		return nil
	}
	in := x.Shape()
	s := pool.Shape{N: in[0], C: in[1], H: in[2], W: in[3], KH: in[2], KW: in[3], StrideH: 1, StrideW: 1}
	o := averagePool(name, x, s, pool.Divisor{})
	o.Settings, o.ONNX = []Setting{{"", [2]int{s.KH, s.KW}, nil}}, Operator("GlobalAveragePool")
	return b.Op(o)
}

// AdaptiveAvgPool2D draws means of windows such that the result is [N, C, h, w] whatever the size of x, [N, C, H, W].
// Window i of a height has the rows from ⌊i·H/h⌋ up to, and without, ⌈(i+1)·H/h⌉; columns likewise. It is PyTorch's
// AdaptiveAvgPool2d.
func (b *Builder) AdaptiveAvgPool2D(x *Node, h, w int) *Node {
	return b.adaptivePool("AdaptiveAvgPool2D", x, 4, h, w, false)
}

// AdaptiveAvgPool1D does the same with sequences, [N, C, L], whose result has length l.
func (b *Builder) AdaptiveAvgPool1D(x *Node, l int) *Node {
	return b.adaptivePool("AdaptiveAvgPool1D", x, 3, 1, l, false)
}

// AdaptiveMaxPool2D draws the largest values of the windows of AdaptiveAvgPool2D. It is PyTorch's AdaptiveMaxPool2d.
func (b *Builder) AdaptiveMaxPool2D(x *Node, h, w int) *Node {
	return b.adaptivePool("AdaptiveMaxPool2D", x, 4, h, w, true)
}

// AdaptiveMaxPool1D does the same with sequences, [N, C, L], whose result has length l.
func (b *Builder) AdaptiveMaxPool1D(x *Node, l int) *Node {
	return b.adaptivePool("AdaptiveMaxPool1D", x, 3, 1, l, true)
}

func (b *Builder) adaptivePool(kind string, x *Node, rank, h, w int, max bool) *Node {
	if !b.open(kind, x, rank) {
		return nil
	}
	if h < 1 || w < 1 {
		return b.Fail(fmt.Errorf("graph: %s: a result of %dx%d: want at least 1x1", kind, h, w))
	}
	in := image(x.Shape())
	s := pool.Shape{N: in[0], C: in[1], H: in[2], W: in[3], OutH: h, OutW: w}
	o := averagePool(kind, x, s, pool.Divisor{})
	if max {
		o = poolOp(kind, x, s,
			func() poolKernel[float32] { return pool.NewMax[float32](s) },
			func() poolKernel[float64] { return pool.NewMax[float64](s) })
	}
	o.Settings = []Setting{{"to", [2]int{h, w}, nil}}
	if rank == 3 {
		o.Settings = []Setting{{"to", w, nil}}
	}
	o.ONNX = func(to ONNX, in []string) (string, error) { return adaptiveForm(to, in[0], s, rank, max), nil }
	return b.Op(o)
}

// adaptiveForm writes adaptive pooling as ordinary pooling if all windows have one size, and else window by window, for
// which ONNX has no operator.
func adaptiveForm(to ONNX, x string, s pool.Shape, rank int, max bool) string {
	operator, reduce := "AveragePool", "ReduceMean"
	if max {
		operator, reduce = "MaxPool", "ReduceMax"
	}
	if s.H%s.OutH == 0 && s.W%s.OutW == 0 {
		kernel := []int{s.H / s.OutH, s.W / s.OutW}[4-rank:]
		return to.Node(operator, []string{x}, Attribute{"kernel_shape", kernel}, Attribute{"strides", kernel})
	}
	all := s.Windows()
	for i, windows := range all[4-rank:] {
		axis := 2 + i
		var parts []string
		for _, w := range windows {
			part := to.Node("Slice", []string{x, to.Ints(w[0]), to.Ints(w[1]), to.Ints(axis)})
			parts = append(parts, to.Node(reduce, []string{part}, Attribute{"axes", []int{axis}}))
		}
		x = to.Node("Concat", parts, Attribute{"axis", axis})
	}
	return x
}
