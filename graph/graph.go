// Package graph draws neural networks as Gorgonia graphs and compiles them into programs that run.
//
// A model is a function that draws itself on a Builder, layer by layer:
//
//	func MLP(b *graph.Builder, x *graph.Node) *graph.Node {
//		h := b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", b.Flatten(x), 300)))
//		return b.Linear("fc2", h, 10)
//	}
//
// Compile makes a program of it for one mode (Train or Eval) and one batch size; a Runner does so for each batch size
// that comes. The programs share the memory of one Params store, whose tensors have PyTorch's names, shapes and
// layouts and outlive every graph.
//
// Images are [N, C, H, W], features [N, C], logits [N, classes]. Everything works in float32 and in float64. float32
// runs on the fast kernels; float64 serves to check it. Layers are ops on Gorgonia's nodes, so a model may use
// Gorgonia's own ops, called stock ops here, between them: see Builder.Try. Compile makes stock ops safe that would
// write into another node's memory, and refuses those that are wrong. docs/stock-ops.md lists both.
//
// A model draws a layer by adding its nodes to the graph. A layer is one op with, for training, one or more ops for its
// gradient. An op runs a kernel on slices.
package graph

import "gorgonia.org/gorgonia"

// Node is a symbolic value in a graph: an input, a parameter, or the result of an op.
type Node = gorgonia.Node

// Model draws a network on b from its input x, [N, ...], and returns its result: logits, [N, classes], unless another
// Loss takes another. Builder.Input and Output give it further inputs and outputs; it may return nil if it has outputs.
//
// It is called for every program: for each mode and each batch size, and for one program more than once if Config.Fuse
// has to take a fusion back. It must draw the same layers each time and must have no side effects, so a count of its
// calls or a random number does not belong in it.
type Model func(b *Builder, x *Node) *Node

// Mode says what a program is for. It is fixed when the program is built: no op has a switch.
type Mode int

const (
	// Train normalises by the batch's statistics and moves the running ones, applies dropout, and computes gradients.
	Train Mode = iota
	// Eval normalises by the running statistics, applies no dropout, and computes no gradients.
	Eval
)

// String returns "train" or "eval".
func (m Mode) String() string {
	if m == Train {
		return "train"
	}
	return "eval"
}
