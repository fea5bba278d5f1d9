package models

import (
	"fmt"

	"anneal/graph"
)

// ResNet8 is ResNet with one block per stage and ten classes. 78,042 parameters on images of three channels.
func ResNet8(b *graph.Builder, x *graph.Node) *graph.Node { return ResNet(1, 10, Batch())(b, x) }

// ResNet20 is ResNet with three blocks per stage and ten classes. 272,474 parameters on images of three channels.
func ResNet20(b *graph.Builder, x *graph.Node) *graph.Node { return ResNet(3, 10, Batch())(b, x) }

// resNet8 and resNet20 return ResNet8 and ResNet20 with so many classes and another norm.
func resNet8(classes int, n Norm) graph.Model { return ResNet(1, classes, n) }

func resNet20(classes int, n Norm) graph.Model { return ResNet(3, classes, n) }

// ResNet returns the residual network for small images, of 6·blocks + 2 layers. x is [N, C, H, W] with any number of
// channels; the result is the logits, [N, classes].
//
// A 3×3 convolution makes 16 channels. Three stages of so many blocks follow, of 16, 32 and 64 channels. The second
// and the third begin with stride 2, and there the block's input passes a 1×1 convolution and a normalization. The
// mean of each channel goes into a linear layer. Names are those of torchvision's ResNet: conv1, bn1, layer1.0.conv1,
// layer2.0.downsample.0, fc. Convolutions begin as they do there, with Kaiming's normal distribution over the fan out.
//
// He et al., Deep Residual Learning for Image Recognition, 2016, arXiv:1512.03385, section 4.2, with projections
// (option B) where the shape changes.
func ResNet(blocks, classes int, n Norm) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		r := residual{b, n}
		h := b.ReLU(r.conv("conv1", "bn1", x, 16, 3, 1))
		for stage, channels := range []int{16, 32, 64} {
			for i := range blocks {
				stride := 1
				if stage > 0 && i == 0 {
					stride = 2
				}
				h = r.block(fmt.Sprintf("layer%d.%d.", stage+1, i), h, channels, stride)
			}
		}
		return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), classes)
	}
}

// residual draws the parts of a residual network.
type residual struct {
	b    *graph.Builder
	norm Norm
}

// block draws two convolutions, and adds what goes in.
func (r residual) block(name string, x *graph.Node, channels, stride int) *graph.Node {
	h := r.b.ReLU(r.conv(name+"conv1", name+"bn1", x, channels, 3, stride))
	h = r.conv(name+"conv2", name+"bn2", h, channels, 3, 1)
	if stride > 1 {
		x = r.conv(name+"downsample.0", name+"downsample.1", x, channels, 1, stride)
	}
	return r.b.ReLU(r.b.Add(h, x))
}

// conv draws a convolution without a bias, and its normalization.
func (r residual) conv(name, norm string, x *graph.Node, channels, kernel, stride int) *graph.Node {
	h := r.b.Conv2D(name, x, channels, kernel, graph.Stride(stride), graph.Padding(kernel/2), graph.NoBias(),
		graph.InitWeight(graph.Kaiming{FanOut: true}.Normal))
	return r.norm.Draw(r.b, norm, h)
}
