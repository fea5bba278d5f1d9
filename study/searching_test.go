package study

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"anneal/runs"
	"anneal/search"
)

// As runs end, results.csv has what came of the first decisions.
func TestSearchWritesAsRunsEnd(t *testing.T) {
	once := searched(t, RandomSearch, search.Budget{Runs: 6})
	run(t, once)
	want := strings.Join(strings.SplitAfter(read(t, once.Dir, ResultsCSV), "\n")[:3], "") // its head, and 2 seeds
	c := searched(t, RandomSearch, search.Budget{Runs: 6})
	c.Search.Lag, c.Jobs = 1, 1
	stopped, stop := context.WithCancel(t.Context())
	defer stop()
	ends := 0
	c.Observer = func(_ Cell, e runs.Event) error {
		if _, ok := e.(runs.End); !ok {
			return nil
		}
		if ends++; ends == 3 { // of the second setting
			for range 500 {
				if _, err := os.Stat(filepath.Join(c.Dir, ResultsCSV)); err == nil {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			stop()
		}
		return nil
	}
	if _, err := Run(stopped, c); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := read(t, c.Dir, ResultsCSV); got != want {
		t.Errorf("stopped in the second setting: got\n%s\nwant\n%s", got, want)
	}
}

// A run that was killed after its last epoch, before its end was written, is not taken for a pruned one.
func TestSearchKilledBeforeEnd(t *testing.T) {
	c := searched(t, RandomSearch, search.Budget{Runs: 2})
	results := run(t, c)
	want := read(t, c.Dir, ResultsCSV)
	path := filepath.Join(c.Dir, results.Cells[0].Name(), runs.MetricsFile)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := strings.LastIndexByte(strings.TrimSpace(string(content)), '\n') + 1
	if !strings.Contains(string(content[end:]), runs.Completed) {
		t.Fatalf("the last line is %s", content[end:])
	}
	if err := os.WriteFile(path, content[:end], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Collect(t.Context(), c); !errors.Is(err, ErrOpen) {
		t.Errorf("collected: got %v, want %v", err, ErrOpen)
	}
	if run(t, c); read(t, c.Dir, ResultsCSV) != want {
		t.Errorf("continued: got\n%s\nwant\n%s", read(t, c.Dir, ResultsCSV), want)
	}
}

// A search by the loss ranks by it and shows it.
func TestSearchByLoss(t *testing.T) {
	c := searched(t, ASHA, search.Budget{Runs: 12})
	c.Common.Best = runs.ByLoss
	results := run(t, c)
	page, err := results.Page()
	if err != nil {
		t.Fatal(err)
	}
	if want := "Settings by validation loss, those that were trained the longest first"; page.Ranking.Title != want {
		t.Errorf("got %s, want %s", page.Ranking.Title, want)
	}
	best, ok := results.Best()
	axis := page.Parallel.Axes[len(page.Parallel.Axes)-1]
	for _, tick := range axis.Ticks {
		if v, err := strconv.ParseFloat(tick.Text, 64); err != nil || v < 0 {
			t.Errorf("got %s beside the axis, want a loss", tick.Text)
		}
	}
	cell := page.Ranking.Rows[0][1]
	if judged, larger := best.judged(); !ok || larger || cell.Value == nil || *cell.Value != judged.Mean ||
		judged.Mean != best.ValidationLoss.Mean {
		t.Errorf("got %+v as the first of the ranking, want the loss of %+v", cell, best)
	}
}

// What is drawn and cannot be trained is left out, however few settings are left, and the results tell of it: a batch
// size that leaves a last batch of one sample, which BatchNorm cannot train on.
func TestUntrainableSettings(t *testing.T) {
	c := searched(t, RandomSearch, search.Budget{Runs: 40})
	c.Matrix.Seeds, c.Common.Epochs = nil, 1
	c.Search.Space = new(search.Space)
	for _, set := range [][]string{
		{"model", "hidden-bn"}, {"lr", "0.1"}, {"solver", "SGD(lr=1)"}, {"batch", "integer(57, 60)"},
	} {
		if err := c.Search.Space.Add(set[0], set[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	found := run(t, c).Found // 60 samples are a batch of 59 and one of 1
	if len(found.Trials) != 3 || len(found.Left) != 1 ||
		!strings.Contains(found.Left[0].Error(), "_batch59_") {
		t.Errorf("got %d settings, left out %v", len(found.Trials), found.Left)
	}
}

// Settings that differ in nothing that is trained, here in a rate that the other one replaces, are tried once.
func TestSameSettings(t *testing.T) {
	c := searched(t, RandomSearch, search.Budget{Runs: 12})
	c.Common.Epochs = 1
	c.Search.Space = new(search.Space)
	for _, set := range [][]string{
		{"model", "hidden"}, {"lr", "integer(1, 2)"}, {"solver", "SGD(lr=uniform(0.1, 0.9))"}, {"batch", "16"},
	} {
		if err := c.Search.Space.Add(set[0], set[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	results := run(t, c)
	if found := results.Found; len(found.Trials) != 2 || len(results.Summaries()) != 2 ||
		!strings.Contains(found.Left[0].Error(), "the same setting was drawn before") {
		t.Errorf("got %d settings, left out %v", len(found.Trials), found.Left[0])
	}
}

// The best setting is one of those that were trained the longest.
func TestBestOfSearch(t *testing.T) {
	results := run(t, searched(t, ASHA, search.Budget{Runs: 12}))
	best, ok := results.Best()
	longest := 0
	for _, r := range results.Cells {
		if !r.Diverged() {
			longest = max(longest, len(r.Epochs))
		}
	}
	i := slices.IndexFunc(results.Cells, func(r Result) bool { return r.Name() == best.Name() })
	if !ok || i < 0 || len(results.Cells[i].Epochs) != longest {
		t.Errorf("got %s, want one of %d epochs", best.Name(), longest)
	}
}

// Settings that all reached the same have one number beside the axis, in the middle, and those that diverged no place.
func TestScoreAxis(t *testing.T) {
	r := &Results{Found: &Found{Last: []float64{0.5, math.NaN(), 0.5}}}
	axis, at := r.scoreAxis()
	if len(axis.Ticks) != 1 || axis.Ticks[0].Text != "50.00 %" || axis.Ticks[0].At != 0.5 || at(0.5) != 0.5 ||
		!math.IsNaN(at(math.NaN())) {
		t.Errorf("got %+v, and 0.5 at %v", axis, at(0.5))
	}
	r.Found.Last[2] = 0.9
	if axis, at = r.scoreAxis(); len(axis.Ticks) != 5 || axis.Ticks[4].Text != "90.00 %" || at(0.5) != 0 || at(0.9) != 1 {
		t.Errorf("got %+v", axis)
	}
}
