package models_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/models"
)

// Tiny is a custom network: a function that draws itself. With the line {Name: "tiny", About: "…", Draw: Tiny} in the
// registry it is also `go run ./cmd/mnist --model tiny`.
func Tiny(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("conv_bn", b.Conv2D("conv", x, 8, 3, graph.Stride(2), graph.Padding(1), graph.NoBias())))
	return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), 10)
}

func Example() {
	params := graph.NewParams(1, tensor.Float32)
	_, err := graph.Compile(Tiny, params, graph.Config{Mode: graph.Train, Shape: tensor.Shape{64, 1, 28, 28}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range params.Trainable() {
		fmt.Println(p.Name(), p.Value().Shape())
	}
	// Output:
	// conv.weight (8, 1, 3, 3)
	// conv_bn.weight (8)
	// conv_bn.bias (8)
	// fc.weight (10, 8)
	// fc.bias (10)
}

func ExampleGet() {
	_, err := models.Get("resnet")
	fmt.Println(err)
	// Output: models: there is no model "resnet": want one of autoencoder, gru-row, lenet, lenet-bn, lstm-row, mlp, mlp-bn, mlp-regression, mobilenet-small, resnet20, resnet8, text-gru, vit-tiny; did you mean resnet8?
}

// A program of your own gives its network a name.
func ExampleRegister() {
	err := models.Register("one-layer", "a single linear layer", func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.Flatten(x), 10)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = models.Get("one-layer")
	fmt.Println(err)
	err = models.Register("mlp", "mine", models.MLP)
	fmt.Println(err)
	// Output:
	// <nil>
	// models: register: there is a model "mlp" already (fully connected 784-300-100-10): want another name
}
