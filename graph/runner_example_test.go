package graph_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"reflect"

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

// loop trains network for two epochs, at a tenth of the rate in the second.
func loop(set data.Dataset) *graph.Params {
	const batch, seed = 4, 1
	params := graph.NewParams(seed, tensor.Float32)
	config := graph.Config{Mode: graph.Train, Shape: []int{batch, 1, 2, 3}, Fuse: true}
	runner := check(graph.NewRunner(network, params, config))
	solver := check(solvers.New(solvers.SGD{LR: 0.1, Momentum: 0.9}, params.All(), solvers.Tuning{}))
	driver := check(schedules.NewDriver(schedules.StepLR{StepSize: 1, Gamma: 0.1}, solver.Rates()))
	loader := check(data.NewLoader(set, data.Options{Batch: batch, Shuffle: true, Seed: seed}))
	for epoch := range 2 {
		for group, rate := range driver.Rates(epoch) {
			if err := solver.SetRate(group, rate); err != nil {
				log.Fatal(err)
			}
		}
		for b, err := range loader.Epoch(context.Background(), epoch, 0) {
			if err != nil {
				log.Fatal(err)
			}
			program := check(runner.Run(b.X, b.Labels))
			if err := solver.Step(program.Gradients()); err != nil {
				log.Fatal(err)
			}
		}
	}
	return params
}

// A custom training loop needs a Runner, a solver, a schedule and a loader. It gives the weights and the running
// statistics of train.Run, to the bit.
func ExampleRunner() {
	random := rand.New(rand.NewPCG(1, 1))
	pixels, labels := make([]float32, 10*6), make([]int32, 10) // the last batch of an epoch has two samples
	for i := range pixels {
		pixels[i] = random.Float32()
	}
	for i := range labels {
		labels[i] = int32(i % 2)
	}
	set := check(data.NewMemory([3]int{1, 2, 3}, 2, pixels, labels))
	params := loop(set)
	result := check(train.Run(context.Background(), train.Config{
		Model: network, Train: set, Test: set, Settings: train.Settings{Epochs: 2, Batch: 4, Seed: 1},
		Solver: solvers.SGD{LR: 0.1, Momentum: 0.9}, Schedule: schedules.StepLR{StepSize: 1, Gamma: 0.1},
	}))
	for _, p := range params.All() {
		want := result.Params.Lookup(p.Name()).Value()
		fmt.Println(p.Name(), reflect.DeepEqual(p.Value().Data(), want.Data()))
	}
	// Output:
	// fc1.weight true
	// fc1.bias true
	// fc1_bn.weight true
	// fc1_bn.bias true
	// fc1_bn.running_mean true
	// fc1_bn.running_var true
	// fc1_bn.num_batches_tracked true
	// fc2.weight true
	// fc2.bias true
}

func check[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
