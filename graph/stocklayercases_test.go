package graph

import (
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func imageTrials() []trial {
	image := []int{4}
	return []trial{
		{op: "Conv2d", ranks: image, draw: func(b *Builder, x *Node) *Node {
			w := own(b, 2, x.Shape()[1], 2, 2)
			return b.Try(gorgonia.Conv2d(x, w, tensor.Shape{2, 2}, []int{0, 0}, []int{1, 1}, []int{1, 1}))
		}},
		{op: "Conv2d", settings: "padded, with stride 2", ranks: image, draw: func(b *Builder, x *Node) *Node {
			w := own(b, 2, x.Shape()[1], 3, 3)
			return b.Try(gorgonia.Conv2d(x, w, tensor.Shape{3, 3}, []int{1, 1}, []int{2, 2}, []int{1, 1}))
		}},
		{op: "Conv2d", settings: "dilated", ranks: image, draw: func(b *Builder, x *Node) *Node {
			w := own(b, 1, x.Shape()[1], 2, 2)
			return b.Try(gorgonia.Conv2d(x, w, tensor.Shape{2, 2}, []int{1, 1}, []int{1, 1}, []int{2, 2}))
		}},
		{op: "Conv1d", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Conv1d(x, own(b, 2, x.Shape()[1], 1, 2), 2, 0, 1, 1))
		}},
		{op: "Im2Col", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.Im2Col(x, tensor.Shape{2, 2}, tensor.Shape{0, 0}, tensor.Shape{1, 1}, tensor.Shape{1, 1}))
		}},
		{op: "MaxPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2}))
		}},
		{op: "MaxPool2D", settings: "padded, with stride 1", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(x, tensor.Shape{3, 3}, []int{1, 1}, []int{1, 1}))
		}},
		{op: "MaxPool2D", settings: "with four paddings", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool2D(x, tensor.Shape{2, 2}, []int{1, 0, 0, 1}, []int{1, 1}))
		}},
		{op: "MaxPool1D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.MaxPool1D(x, 2, 0, 2))
		}},
		{op: "AveragePool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.AveragePool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2}))
		}},
		{op: "AveragePool1D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.AveragePool1D(x, 2, 0, 2))
		}},
		{op: "GlobalAveragePool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Try(gorgonia.GlobalAveragePool2D(x))
		}},
		{op: "Upsample2D", ranks: image, draw: func(b *Builder, x *Node) *Node { return b.Try(gorgonia.Upsample2D(x, 2)) }},
		{op: "GroupNorm", ranks: image, draw: func(b *Builder, x *Node) *Node {
			c := x.Shape()[1]
			return b.Try(gorgonia.GroupNorm(x, own(b, 1, c, 1, 1), own(b, 1, c, 1, 1), 1, c, 1e-5))
		}},
		{op: "BatchNorm", ranks: image, modal: true, draw: func(b *Builder, x *Node) *Node {
			c := x.Shape()[1]
			y, _, _, _, err := gorgonia.BatchNorm(x, own(b, 1, c, 1, 1), own(b, 1, c, 1, 1), 0.9, 1e-5)
			return b.Try(y, err)
		}},
		{op: "YOLOv3", ranks: image, draw: func(b *Builder, x *Node) *Node {
			s := x.Shape()
			wide := b.Try(gorgonia.Reshape(own(b, s[0], 6, s[2], s[2]), tensor.Shape{s[0], 6, s[2], s[2]}))
			return b.Try(gorgonia.YOLOv3(wide, []float32{10, 13}, []int{0}, 32, 1, 0.5))
		}},
	}
}

func ourTrials() []trial {
	image, name := []int{4}, func(b *Builder) string { return "layer" + string(rune('a'+b.layers)) }
	return []trial{
		{op: "b.ReLU", draw: func(b *Builder, x *Node) *Node { return b.ReLU(x) }},
		{op: "b.Linear", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node { return b.Linear(name(b), x, 8) }},
		{op: "b.Conv2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Conv2D(name(b), x, 2, 3, Padding(1))
		}},
		{op: "b.BatchNorm", ranks: []int{2, 4}, modal: true, draw: func(b *Builder, x *Node) *Node {
			return b.BatchNorm(name(b), x, Eps(0.1))
		}},
		{op: "b.MaxPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.MaxPool2D(x, 3, Stride(1), Padding(1))
		}},
		{op: "b.AvgPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node { return b.AvgPool2D(x, 2) }},
		{op: "b.GlobalAvgPool2D", ranks: image, draw: func(b *Builder, x *Node) *Node { return b.GlobalAvgPool2D(x) }},
		{op: "b.Dropout", modal: true, draw: func(b *Builder, x *Node) *Node { return b.Dropout(name(b), x, 0.3) }},
		{op: "b.Flatten", ranks: []int{2, 4}, draw: func(b *Builder, x *Node) *Node { return b.Flatten(x) }},
		{op: "b.Reshape", draw: func(b *Builder, x *Node) *Node { return b.Reshape(x, 4, -1) }},
		{op: "b.Reshape", settings: "to another rank", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node {
			return b.Reshape(x, x.Shape()[0], -1, 1, 1)
		}},
		{op: "b.Transpose", ranks: []int{2}, draw: func(b *Builder, x *Node) *Node { return b.Transpose(x, 1, 0) }},
		{op: "b.Transpose", settings: "of the last axes", ranks: []int{3}, draw: func(b *Builder, x *Node) *Node {
			return b.Transpose(x, 0, 2, 1)
		}},
		{op: "b.Transpose", settings: "of the inner axes", ranks: image, draw: func(b *Builder, x *Node) *Node {
			return b.Transpose(x, 0, 2, 3, 1)
		}},
		{op: "b.Slice", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node {
			return b.Slice(x, 1, x.Shape()[1]/2, x.Shape()[1])
		}},
		{op: "b.Max", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node { return b.Max(x, x.Dims()-1) }},
		{op: "b.SoftMax", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node { return b.SoftMax(x, 1) }},
		{op: "b.LogSoftMax", ranks: []int{2, 3, 4}, draw: func(b *Builder, x *Node) *Node { return b.LogSoftMax(x, 1) }},
	}
}
