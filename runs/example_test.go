package runs_test

import (
	"fmt"
	"os"

	"anneal/runs"
)

// A trainer tells an Observer what happens. Metrics writes the events as lines of JSON.
func ExampleMetrics() {
	observe := runs.Metrics(os.Stdout, 100)
	for _, e := range []runs.Event{
		runs.Step{Epoch: 1, Step: 99, Batch: 99, Seen: 6336, Loss: 0.25, LR: []float64{0.1}},
		runs.Step{Epoch: 1, Step: 100, Batch: 100, Seen: 6400, Loss: 0.2134, LR: []float64{0.1}},
		runs.End{Epochs: 1, BestAccuracy: 0.985, BestEpoch: 1, Reason: runs.Completed},
	} {
		if err := observe(e); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// {"event":"step","epoch":1,"step":100,"seen":6400,"loss":0.2134,"lr":[0.1]}
	// {"event":"end","epochs":1,"best_accuracy":0.985,"best_epoch":1,"reason":"completed"}
}
