package live_test

import (
	"context"
	"fmt"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/view/live"
)

// A run that can be watched and steered in a browser, on the URL that page.URL() tells.
func Example() {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
	set, err := data.NewMemory([3]int{1, 1, 2}, 2, []float32{1, 0, 0, 1}, []int32{0, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := live.Start("localhost:0", "one layer")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer page.Close()
	result, err := train.Run(context.Background(), train.Config{
		Model: model, Train: set, Test: set, Solver: solvers.SGD{LR: 0.1},
		Schedule:  schedules.StepLR{StepSize: 5, Gamma: 0.1},
		Observers: []runs.Observer{page.Observe}, Commands: page.Commands(),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.End.Reason, "after", result.End.Epochs, "epochs")
	// Output:
	// completed after 10 epochs
}
