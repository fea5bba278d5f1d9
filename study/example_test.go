package study_test

import (
	"context"
	"fmt"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/study"
	"anneal/train"
)

// Custom models and a custom data set: which half of the image is lit? With a Dir, the study would be kept in it and
// could be stopped.
func ExampleRun() {
	plain := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc2", b.ReLU(b.Linear("fc1", b.Flatten(x), 8)), 2)
	}
	normalised := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc2", b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", b.Flatten(x), 8))), 2)
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
	results, err := study.Run(context.Background(), study.Config{
		Matrix: study.Matrix{
			Models: []study.Model{{Name: "plain", Draw: plain}, {Name: "normalised", Draw: normalised}},
			Settings: []study.Setting{
				{Name: "fixed", Solver: solvers.SGD{LR: 0.1, Momentum: 0.9}},
				{Name: "falling", Solver: solvers.SGD{LR: 0.1, Momentum: 0.9}, Schedule: schedules.ExponentialLR{Gamma: 0.9}},
			},
			Seeds: []uint64{1, 2, 3},
		},
		Common: train.Config{Train: set, Test: set, Settings: train.Settings{Epochs: 20}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range results.Summaries() {
		target := s.Targets[0]
		fmt.Printf("%s, %s: %.0f %% ± %.0f, %d of %d diverged; 97 %% after %.1f steps\n",
			s.Model, s.Setting, 100*s.Final.Mean, 100*s.Final.Std, s.Diverged, s.Runs, target.Steps.Mean)
	}
	// Output:
	// plain, fixed: 100 % ± 0, 0 of 3 diverged; 97 % after 3.3 steps
	// plain, falling: 100 % ± 0, 0 of 3 diverged; 97 % after 3.3 steps
	// normalised, fixed: 100 % ± 0, 0 of 3 diverged; 97 % after 2.7 steps
	// normalised, falling: 100 % ± 0, 0 of 3 diverged; 97 % after 2.7 steps
}
