package graph_test

import (
	"gorgonia.org/gorgonia"

	"anneal/graph"
)

// part draws a layer or a few of that name on x, and some also on y, which they note. All are [N, 4, 6, 6].
type part func(b *graph.Builder, name string, x, y *graph.Node, used map[*graph.Node]bool) *graph.Node

// one returns the part that draws a layer on x alone.
func one(draw func(b *graph.Builder, name string, x *graph.Node) *graph.Node) part {
	return func(b *graph.Builder, name string, x, _ *graph.Node, _ map[*graph.Node]bool) *graph.Node {
		return draw(b, name, x)
	}
}

// two returns the part that draws a layer on x and y.
func two(draw func(b *graph.Builder, name string, x, y *graph.Node) *graph.Node) part {
	return func(b *graph.Builder, name string, x, y *graph.Node, used map[*graph.Node]bool) *graph.Node {
		used[y] = true
		return draw(b, name, x, y)
	}
}

// sequence returns the part that draws a layer on 24 steps of 6 numbers, which returns as many.
func sequence(draw func(b *graph.Builder, name string, x *graph.Node) *graph.Node) part {
	return one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.Reshape(draw(b, name, b.Reshape(x, -1, 24, 6)), -1, 4, 6, 6)
	})
}

// parts are of all kinds of ops: with and without parameters, of several inputs, with gradients that pass or are alike,
// with state, fused, and Gorgonia's own.
var parts = []part{
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.Conv2D(name, x, 4, 3, graph.Padding(1))
	}),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.ReLU(b.Conv2D(name, x, 4, 1, graph.StandardizeWeight()))
	}),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.ConvTranspose2D(name, x, 4, 3, graph.Padding(1))
	}),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.BatchNorm(name, x) }),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.ReLU(b.BatchNorm(name, x)) }),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.GroupNorm(name, x, 2) }),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.LayerNorm(name, x) }),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.PReLU(name, x) }),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.Dropout(name, x, 0.3) }),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.DropPath(name, x, 0.3) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.ReLU(x) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.GELU(x) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.Tanh(x) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.SoftMax(x, 1) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.Scale(x, -0.5) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.Transpose(x, 0, 1, 3, 2) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.Penalty(x, 0.01, 0.01) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node {
		return b.MaxPool2D(x, 3, graph.Stride(1), graph.Padding(1))
	}),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node {
		return b.AvgPool2D(b.Upsample(x, graph.ScaleFactor(2)), 2)
	}),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node {
		return b.Pad(b.MaxPool2D(b.ReLU(x), 2), []int{1, 2, 2, 1}, graph.PadReplicate)
	}),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.Mish(b.InstanceNorm(name, x, graph.TrackStats(0.1), graph.Affine()))
	}),
	one(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.ELU(b.RMSNorm(name, x), 1) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node {
		return b.Pad(b.Upsample(x, graph.OutputSize(5, 9), graph.Bicubic()), []int{-2, -1, 0, 1})
	}),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node {
		return b.Upsample(b.Reshape(b.Max(b.AdaptiveAvgPool2D(x, 6, 4), 3), -1, 4, 6, 1), graph.OutputSize(6, 6))
	}),
	two(func(b *graph.Builder, _ string, x, y *graph.Node) *graph.Node { return b.Add(x, y) }),
	two(func(b *graph.Builder, _ string, x, y *graph.Node) *graph.Node { return b.Add(y, x, y) }),
	two(func(b *graph.Builder, _ string, x, y *graph.Node) *graph.Node { return b.Mul(x, y) }),
	two(func(b *graph.Builder, name string, x, y *graph.Node) *graph.Node {
		return b.ReLU(b.Add(b.BatchNorm(name, b.Conv2D(name+"_conv", x, 4, 1, graph.NoBias())), y))
	}),
	two(func(b *graph.Builder, _ string, x, y *graph.Node) *graph.Node {
		return b.Concat(1, b.Slice(x, 1, 0, 3), b.Slice(y, 1, 3, 4))
	}),
	sequence(func(b *graph.Builder, name string, x *graph.Node) *graph.Node { return b.GRU(name, x, 6).Y }),
	sequence(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		s := b.LSTM(name, x, 6)
		return b.LSTM(name+"_next", s.Y, 6, graph.InitialH(s.H), graph.InitialC(s.C)).Y
	}),
	sequence(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.GRU(name, x, 6, graph.BatchNormInside()).Y
	}),
	sequence(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		return b.TransformerEncoderLayer(name, x, 2, 8)
	}),
	sequence(func(b *graph.Builder, name string, x *graph.Node) *graph.Node {
		k := b.Linear(name+"_k", x, 5)
		return b.MultiHeadAttention(name, x, k, k, 2, graph.AddBiasKV(), graph.AddZeroAttn(), graph.Causal())
	}),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node { return b.Try(gorgonia.Tanh(x)) }),
	one(func(b *graph.Builder, _ string, x *graph.Node) *graph.Node {
		shape := x.Shape()
		flat := b.Try(gorgonia.Reshape(x, []int{shape.TotalSize()}))
		return b.Try(gorgonia.Reshape(b.Try(gorgonia.Square(b.Try(gorgonia.Sigmoid(flat)))), shape))
	}),
	two(func(b *graph.Builder, _ string, x, y *graph.Node) *graph.Node { return b.Try(gorgonia.Add(x, y)) }),
	two(func(b *graph.Builder, _ string, x, y *graph.Node) *graph.Node {
		return b.Try(gorgonia.HadamardProd(x, y))
	}),
}
