package train_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// A custom model and a custom data set: which half of the image is lit?
func ExampleRun() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", b.Flatten(x), 8)))
		return b.Linear("fc2", h, 2)
	}
	pixels := []float32{
		1, 1, 0, 0,
		0, 0, 1, 1,
		2, 1, 0, 0,
		0, 0, 1, 2,
	}
	set, err := data.NewMemory([3]int{1, 2, 2}, 2, pixels, []int32{0, 1, 0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := train.Run(context.Background(), train.Config{
		Model: model, Train: set, Test: set,
		Solver:   solvers.SGD{LR: 0.1, Momentum: 0.9},
		Schedule: schedules.ExponentialLR{Gamma: 0.9},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := result.Epochs[len(result.Epochs)-1]
	fmt.Printf(
		"%s: epoch %d, lr %.4f, test accuracy %d/%d\n",
		result.End.Reason,
		last.Epoch,
		last.LR[0],
		last.Correct,
		last.Total,
	)
	// Output:
	// completed: epoch 10, lr 0.0387, test accuracy 4/4
}

// A run that was stopped goes on, here for longer than was first asked.
func ExampleResume() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
	set, err := data.NewMemory([3]int{1, 1, 2}, 2, []float32{1, 0, 0, 1}, []int32{0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	temp, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(temp)
	adam := solvers.Default[solvers.Adam]()
	adam.LR = 0.1
	c := train.Config{
		Model:    model,
		Train:    set,
		Test:     set,
		Solver:   adam,
		Settings: train.Settings{Epochs: 3},
		Dir:      filepath.Join(temp, "run"),
	}
	if _, err := train.Run(context.Background(), c); err != nil {
		fmt.Println(err)
		return
	}
	c.Epochs = 5
	result, err := train.Resume(context.Background(), c, c.Dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %d epochs, the last after step %d\n", result.End.Reason, result.End.Epochs, result.Epochs[4].Step)
	// Output:
	// completed: 5 epochs, the last after step 5
}

// The statistics of two samples of two pixels: 1 and 3, 5 and 7.
func ExampleRecalibrate() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.Flatten(b.BatchNorm("bn", x)), 2)
	}
	set, err := data.NewMemory([3]int{1, 1, 2}, 2, []float32{1, 3, 5, 7}, []int32{0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	evaluator, err := train.NewEvaluator(model, nil, set, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	params := evaluator.Params()
	if err := train.Recalibrate(context.Background(), model, params, set); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("mean", params.Lookup("bn.running_mean").Value(), "variance", params.Lookup("bn.running_var").Value())
	// Output:
	// mean [4] variance [6.6666665]
}
