package models

import "anneal/graph"

// MLP is fully connected, 784-300-100-10, with ReLU between the layers. x is [N, ...] with any layout of the 784
// pixels; the result is the logits, [N, 10]. 266,610 parameters for 784 pixels.
func MLP(b *graph.Builder, x *graph.Node) *graph.Node { return mlp(10)(b, x) }

// mlp returns MLP with so many classes.
func mlp(classes int) graph.Model { return mlpNorm(classes, noNorm{}) }

// MLPBN is MLP with batch normalization between each hidden linear layer and its ReLU. x and the result are MLP's.
// 267,410 parameters for 784 pixels.
func MLPBN(b *graph.Builder, x *graph.Node) *graph.Node { return MLPNorm(Batch())(b, x) }

// MLPNorm returns MLPBN with another normalization in place of BatchNorm, under the same names.
func MLPNorm(n Norm) graph.Model { return mlpNorm(10, n) }

func mlpNorm(classes int, n Norm) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(n.Draw(b, "fc1_bn", b.Linear("fc1", b.Flatten(x), 300)))
		h = b.ReLU(n.Draw(b, "fc2_bn", b.Linear("fc2", h, 100)))
		return b.Linear("fc3", h, classes)
	}
}

// MLPRegression predicts a number: two hidden layers of 64 with ReLU between them. x is [N, ...] with any number of
// columns, standardised; the result is [N, 1]. Its loss compares it with targets, such as MSE. Names are fc1, fc2 and
// fc3, as in a PyTorch module. 4,801 parameters for 8 columns.
func MLPRegression(b *graph.Builder, x *graph.Node) *graph.Node { return mlpRegression(1)(b, x) }

// mlpRegression returns MLPRegression with so many values.
func mlpRegression(values int) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.Linear("fc1", b.Flatten(x), 64))
		h = b.ReLU(b.Linear("fc2", h, 64))
		return b.Linear("fc3", h, values)
	}
}
