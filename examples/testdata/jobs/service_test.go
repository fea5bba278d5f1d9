package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/train"
)

// broken is a set with a sample that cannot be read.
type broken struct{ *data.Memory }

var errBroken = errors.New("the disk is gone")

func (b broken) Read(i int, x []float32) (int32, error) {
	if i == 77 {
		return 0, errBroken
	}
	return b.Memory.Read(i, x)
}

// Job: training inside a service. Runs at the same time compute the bits of runs alone and end when they are told to,
// and a broken sample is an error.
func TestService(t *testing.T) {
	c := train.Config{Model: residual, Train: spots(t, 300, 1), Test: spots(t, 60, 2)}
	alone := trained(t, c, 2)
	var group sync.WaitGroup
	var results [2]*train.Result
	for i := range results {
		group.Go(func() { results[i] = trained(t, c, 2) })
	}
	group.Wait()
	for _, r := range results {
		for i, p := range r.Params.All() {
			if fmt.Sprint(graph.Float64s(p.Value())) != fmt.Sprint(graph.Float64s(alone.Params.All()[i].Value())) {
				t.Fatalf("%s differs from a run alone", p.Name())
			}
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c.Solver, c.Epochs = adam(0.001), 1000
	c.Observers = []runs.Observer{func(e runs.Event) error {
		if _, ok := e.(runs.Epoch); ok {
			cancel()
		}
		return nil
	}}
	r, err := train.Run(ctx, c)
	if err != nil || r.End.Reason != runs.Interrupted || r.End.Epochs > 2 {
		t.Errorf("a run that was cancelled: %+v, %v", r, err)
	}

	c.Observers, c.Train = nil, broken{spots(t, 300, 1)}
	if _, err := train.Run(t.Context(), c); !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "77") {
		t.Errorf("a broken sample: error %v", err)
	}
}
