// Deep has all commands of mnist for fully connected networks of ten hidden layers of 64 units, with batch
// normalization and without. They begin with PyTorch's initial weights, or with weights that are far too large: normal
// with a deviation of 1. It shows what batch normalization does to gradients that vanish, and to a bad beginning:
//
//	go run ./examples/deep compare --model deep,deep-bn
//	go run ./examples/deep train --model deep --diagnostics
package main

import (
	"fmt"

	"anneal/cmd/mnist/app"
	"anneal/graph"
)

func main() { app.Main(options...) }

var options = []app.Option{
	app.Model("deep", "ten hidden layers, PyTorch's initial weights", network(false, graph.DefaultInit)),
	app.Model("deep-bn", "the same with BatchNorm before each ReLU", network(true, graph.DefaultInit)),
	app.Model("large", "ten hidden layers, initial weights that are far too large", network(false, large)),
	app.Model("large-bn", "the same with BatchNorm before each ReLU", network(true, large)),
}

// large samples from the normal distribution with mean 0 and deviation 1. KaimingNormal's deviation is √(2/64), 0.18,
// for layers of 64 inputs.
var large = graph.Normal(0, 1)

// network returns a network of ten hidden layers, whose weights begin as init says. Its x is [N, ...] with any layout
// of the pixels; the result is the logits, [N, 10].
func network(normalized bool, init graph.Init) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.Flatten(x)
		for i := range 10 {
			name := fmt.Sprintf("fc%d", i+1)
			h = b.Linear(name, h, 64, graph.InitWeight(init))
			if normalized {
				h = b.BatchNorm(name+"_bn", h)
			}
			h = b.ReLU(h)
		}
		return b.Linear("fc11", h, 10, graph.InitWeight(init))
	}
}
