package live_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"anneal/data"
	"anneal/internal/browsertest"
	"anneal/internal/longtest"
	"anneal/models"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/view/live"
	"anneal/weights"
)

// Chromium watches a run train, pauses it, sets its rate, stops it, and closes the program. With SCREENSHOTS=folder it
// leaves pictures of the page there.
func TestPageInBrowser(t *testing.T) {
	longtest.SkipIfShort(t, "trains on real images")
	browser := browsertest.New(t)
	page, err := live.Start("localhost:0", "lenet-bn")
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	pair, err := data.Load(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	part := func(set data.Dataset, n int) data.Dataset {
		limited, err := data.Limit(set, n)
		if err != nil {
			t.Fatal(err)
		}
		return limited
	}
	dir := filepath.Join(t.TempDir(), "run")
	slow := func(e runs.Event) error {
		if _, ok := e.(runs.Step); ok {
			time.Sleep(20 * time.Millisecond) // so that there is time to look
		}
		return nil
	}
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, err := train.Run(ctx, train.Config{
			Model: models.LeNetBN, Train: part(pair.Train, 2000), Test: part(pair.Test, 1000),
			Name: "lenet-bn", Solver: solvers.SGD{LR: 0.1, Momentum: 0.9},
			Schedule: schedules.StepLR{StepSize: 40, Gamma: 0.3}, Settings: train.Settings{Epochs: 200, LogEvery: 1}, Dir: dir,
			Observers: []runs.Observer{page.Observe, slow}, Commands: page.Commands(),
		})
		page.Stay(ctx, 0) // until the page closes the program
		page.Close()
		ended <- err
	}()
	browser.Run(page.URL(), "classes")
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var controls []string
	events, err := runs.ReadMetrics(dir)
	if err != nil {
		t.Fatal(err)
	}
	var rates []float64 // of steps, each other than the one before
	for _, e := range events {
		switch e := e.(type) {
		case runs.Control:
			controls = append(controls, string(e.Action))
		case runs.Step:
			rates = slices.Compact(append(rates, e.LR[0]))
		}
	}
	if got := strings.Join(controls, " "); got != "pause rate continue stop" {
		t.Errorf("got controls %s, want pause rate continue stop", got)
	}
	if last := events[len(events)-1]; last.(runs.End).Reason != runs.Interrupted || len(rates) < 2 || rates[0] != 0.1 ||
		!slices.Contains(rates, 0.02) {
		t.Errorf("got %+v and rates %v, want it interrupted and once at the rate that was set", last, rates)
	}
	if i, err := weights.Inspect(filepath.Join(dir, runs.LastFile)); err != nil || i.Progress.Lines != len(events)-1 {
		t.Errorf("got checkpoint %+v, %v, want one of the end", i, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, runs.ConfigFile)); err != nil || bytes.Contains(b, []byte(page.Token())) {
		t.Errorf("config.json holds the token, or %v", err)
	}
}
