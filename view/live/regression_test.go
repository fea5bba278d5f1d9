package live_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/browsertest"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
	"anneal/view/live"
)

// The page of a regression has its loss and its metrics, and says nothing of accuracies.
func TestRegressionInBrowser(t *testing.T) {
	browser := browsertest.New(t)
	page, err := live.Start("localhost:0", "regression")
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	const n = 40
	r := rand.New(rand.NewPCG(1, 2))
	x, y := make([]float32, 2*n), make([]float32, n)
	for i := range y {
		x[2*i], x[2*i+1] = float32(r.NormFloat64()), float32(r.NormFloat64())
		y[i] = 2*x[2*i] - x[2*i+1]
	}
	set, err := data.NewTensors(data.Floats("x", x, 2), data.Floats("target", y, 1))
	if err != nil {
		t.Fatal(err)
	}
	slow := func(e runs.Event) error {
		if _, ok := e.(runs.Epoch); ok {
			time.Sleep(100 * time.Millisecond) // so that there is time to look
		}
		return nil
	}
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c := train.Config{
			Model: func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", x, 1) },
			Loss:  graph.MSE{}, Train: set, Test: set, Solver: solvers.SGD{LR: 0.01},
			Observers: []runs.Observer{page.Observe, slow}, Commands: page.Commands(),
		}
		c.Epochs, c.Batch, c.Settings.Metrics, c.Best, c.ChooseBy = 10000, 8, "mae, r2", "mae", runs.ByTest
		_, err := train.Run(ctx, c)
		ended <- err
	}()
	browser.Run(page.URL(), "regression")
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
