package app

import (
	"math"
	"testing"

	"anneal/graph"
	"anneal/models"
)

// A training trial learns its batch by heart; an evaluation trial moves nothing.
func TestTrial(t *testing.T) {
	for _, mode := range []graph.Mode{graph.Train, graph.Eval} {
		step, err := newTrial(models.MLP, mode, []int{8, 1, 28, 28}, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		var losses [30]float64
		for i := range losses {
			if err := step.Run(); err != nil {
				t.Fatal(err)
			}
			losses[i] = step.Loss()
			if err := step.Update(); err != nil {
				t.Fatal(err)
			}
		}
		first, last := losses[0], losses[len(losses)-1]
		if mode == graph.Train && !(last < first/2) || mode == graph.Eval && last != first || math.IsNaN(first) {
			t.Errorf("%v: the loss goes from %v to %v", mode, first, last)
		}
	}
}
