// Package graph draws neural networks as Gorgonia graphs and compiles them into programs that run.
//
// A model is a function that draws itself on a Builder, layer by layer:
//
//	func MLP(b *graph.Builder, x *graph.Node) *graph.Node {
//		h := b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", b.Flatten(x), 300)))
//		return b.Linear("fc2", h, 10)
//	}
//
// Compile draws it once for each mode (Train or Eval) and batch size that is needed; a Runner does so when a batch of
// another size comes. The programs share the memory of
// one Params store, whose tensors carry PyTorch's names, shapes and layouts and outlive every graph.
//
// Images are [N, C, H, W], features [N, C], logits [N, classes]. Everything works in float32 and in float64; float32
// runs on the fast kernels, float64 is there to check it. Layers are ops of our own on Gorgonia's nodes, so that any op
// of Gorgonia's can stand between them (Builder.Try).
package graph

import "gorgonia.org/gorgonia"

// Node is a symbolic value: an input, a parameter, or the result of an op.
type Node = gorgonia.Node

// Model draws a network on b from its input x, [N, ...], and returns the logits, [N, classes]. It is called for every
// program, more than once if Config.Fuse has to take a fusion back, and must draw the same layers each time. It must
// have no side effects.
type Model func(b *Builder, x *Node) *Node

// Mode says what a program is for. It is fixed when the program is built: no op has a switch.
type Mode int

const (
	// Train normalises by the batch's statistics and moves the running ones, applies dropout, and computes gradients.
	Train Mode = iota
	// Eval normalises by the running statistics, applies no dropout, and computes no gradients.
	Eval
)

// String is "train" or "eval".
func (m Mode) String() string {
	if m == Train {
		return "train"
	}
	return "eval"
}
