package graph_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// network has batch normalization and dropout, which behave differently in training.
func network(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("fc1_bn", b.Linear("fc1", b.Flatten(x), 16)))
	return b.Linear("fc2", b.Dropout("dropout", h, 0.2), 2)
}

// loop is what train.Run does at its core: two epochs of stochastic gradient descent, at a tenth of the rate in the
// second.
func loop(set data.Dataset) (*graph.Params, error) {
	const batch, seed = 4, 1
	params := graph.NewParams(seed, tensor.Float32)
	config := graph.Config{Mode: graph.Train, Shape: []int{batch, 1, 2, 3}, Fuse: true}
	runner, err := graph.NewRunner(network, params, config)
	if err != nil {
		return nil, err
	}
	solver, err := solvers.New(solvers.SGD{LR: 0.1, Momentum: 0.9}, params.All(), solvers.Tuning{})
	if err != nil {
		return nil, err
	}
	driver, err := schedules.NewDriver(schedules.StepLR{StepSize: 1, Gamma: 0.1}, solver.Rates())
	if err != nil {
		return nil, err
	}
	loader, err := data.NewLoader(set, data.Options{Batch: batch, Shuffle: true, Seed: seed})
	if err != nil {
		return nil, err
	}
	for epoch := range 2 {
		for group, rate := range driver.Rates(epoch) {
			if err := solver.SetRate(group, rate); err != nil {
				return nil, err
			}
		}
		for b := range loader.Epoch(context.Background(), epoch, 0) {
			program, err := runner.Run(b.X, b.Labels)
			if err != nil {
				return nil, err
			}
			if err := solver.Step(program.Gradients()); err != nil {
				return nil, err
			}
		}
	}
	return params, nil
}

// A custom training loop needs a Runner, a solver, a schedule and a loader. The weights are those of train.Run, to the
// bit.
func ExampleRunner() {
	pixels, labels := make([]float32, 10*6), make([]int32, 10) // the last batch of an epoch has two samples
	for i := range pixels {
		pixels[i] = rand.Float32()
	}
	for i := range labels {
		labels[i] = int32(i % 2)
	}
	set, err := data.NewMemory([3]int{1, 2, 3}, 2, pixels, labels)
	if err != nil {
		log.Fatal(err)
	}
	params, err := loop(set)
	if err != nil {
		log.Fatal(err)
	}
	result, err := train.Run(context.Background(), train.Config{
		Model: network, Train: set, Test: set, Epochs: 2, Batch: 4, Seed: 1,
		Solver: solvers.SGD{LR: 0.1, Momentum: 0.9}, Schedule: schedules.StepLR{StepSize: 1, Gamma: 0.1},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range params.Trainable() {
		want := graph.Floats[float32](result.Params.Lookup(p.Name()).Value())
		fmt.Println(p.Name(), slices.Equal(graph.Floats[float32](p.Value()), want))
	}
	// Output:
	// fc1.weight true
	// fc1.bias true
	// fc1_bn.weight true
	// fc1_bn.bias true
	// fc2.weight true
	// fc2.bias true
}
