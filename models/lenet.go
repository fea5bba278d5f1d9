package models

import "anneal/graph"

// LeNet is the tutorial's first network: two convolutions, each pooled before its ReLU, and two linear layers.
// x is [N, 1, 28, 28]; the result is the logits, [N, 10]. 21,840 parameters.
func LeNet(b *graph.Builder, x *graph.Node) *graph.Node { return leNet(10)(b, x) }

// leNet returns LeNet with so many classes.
func leNet(classes int) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.MaxPool2D(b.Conv2D("conv1", x, 10, 5), 2))
		h = b.ReLU(b.MaxPool2D(b.Conv2D("conv2", h, 20, 5), 2))
		h = b.ReLU(b.Linear("fc1", b.Flatten(h), 50))
		return b.Linear("fc2", h, classes)
	}
}

// LeNetBN is the tutorial's second network: batch normalization between each convolution and its ReLU.
// x is [N, 1, 28, 28]; the result is the logits, [N, 10]. 21,900 parameters.
func LeNetBN(b *graph.Builder, x *graph.Node) *graph.Node { return LeNetNorm(Batch())(b, x) }

// LeNetNorm returns LeNetBN with another normalization in place of BatchNorm, under the same names.
func LeNetNorm(n Norm) graph.Model { return leNetNorm(10, n) }

func leNetNorm(classes int, n Norm) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.MaxPool2D(b.ReLU(n.Draw(b, "conv1_bn", b.Conv2D("conv1", x, 10, 5))), 2)
		h = b.MaxPool2D(b.ReLU(n.Draw(b, "conv2_bn", b.Conv2D("conv2", h, 20, 5))), 2)
		h = b.ReLU(b.Linear("fc1", b.Flatten(h), 50))
		return b.Linear("fc2", h, classes)
	}
}
