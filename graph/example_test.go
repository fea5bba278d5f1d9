package graph_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// A model is drawn once and compiled for training and for evaluation; both programs share the parameters.
func Example() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.BatchNorm("fc1_bn", b.Linear("fc1", x, 16)))
		return b.Linear("fc2", h, 2)
	}
	params := graph.NewParams(1, tensor.Float32)
	train, err := graph.Compile(model, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{4, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	eval, err := graph.Compile(model, params, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := tensor.New(tensor.WithShape(4, 3), tensor.WithBacking([]float32{0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1}))
	if err := train.Run(x, []int32{0, 0, 1, 1}); err != nil {
		fmt.Println(err)
		return
	}
	one := tensor.New(tensor.WithShape(1, 3), tensor.WithBacking([]float32{0, 0, 1}))
	if err := eval.Run(one, nil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("gradients:", len(train.Gradients()))
	fmt.Println("logits:", eval.Logits().Shape())
	// Output:
	// gradients: 6
	// logits: (1, 2)
}
