package models

import (
	"fmt"

	"anneal/graph"
)

// MobileNetSmall is MobileNet for small images with ten classes.
func MobileNetSmall(b *graph.Builder, x *graph.Node) *graph.Node { return MobileNet(10, Batch())(b, x) }

// MobileNet returns a network of depthwise separable convolutions for small images. x is [N, C, H, W] with any number
// of channels; the result is the logits, [N, classes].
//
// A 3×3 convolution makes 16 channels. Five blocks of 32, 64, 64, 128 and 128 channels follow. Each is a 3×3
// convolution of every channel alone, which has stride 2 in the second and the fourth, and a 1×1 convolution of all
// channels. The mean of each channel goes into a linear layer. Names are those of PyTorch modules: conv1, bn1,
// blocks.0.depthwise, blocks.0.bn1, blocks.0.pointwise, blocks.0.bn2, fc.
//
// Howard et al., MobileNets, 2017, arXiv:1704.04861.
func MobileNet(classes int, n Norm) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		conv := func(name, norm string, x *graph.Node, channels, kernel int, opts ...graph.ConvOption) *graph.Node {
			opts = append(opts, graph.Padding(kernel/2), graph.NoBias(),
				graph.InitWeight(graph.Kaiming{FanOut: true}.Normal))
			return b.ReLU(n.Draw(b, norm, b.Conv2D(name, x, channels, kernel, opts...)))
		}
		h := conv("conv1", "bn1", x, 16, 3)
		before := 16
		for i, channels := range []int{32, 64, 64, 128, 128} {
			name := fmt.Sprintf("blocks.%d.", i)
			h = conv(name+"depthwise", name+"bn1", h, before, 3, graph.Stride(1+i%2), graph.Groups(before))
			h = conv(name+"pointwise", name+"bn2", h, channels, 1)
			before = channels
		}
		return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), classes)
	}
}
