package study

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"anneal/data"
	"anneal/runs"
	"anneal/schedules"
	"anneal/search"
	"anneal/solvers"
	"anneal/train"
)

// searched returns a search of the rate and the momentum of SGD, the model and the batch size, in a new folder. Its
// schedule has the length of the run, and counts steps.
func searched(t *testing.T, kind string, budget search.Budget) Config {
	t.Helper()
	space := new(search.Space)
	for _, set := range [][]string{
		{"model", "hidden", "hidden-bn"},
		{"lr", "log(1e-3, 10)"},
		{"solver", "SGD(lr=1, momentum=choice(0, uniform(0.5, 0.99)))"},
		{"batch", "log_integer(8, 32)"},
	} {
		if err := space.Add(set[0], set[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	return Config{
		Matrix: Matrix{Seeds: []uint64{1, 2}},
		Search: &Search{
			Space: space, Kind: kind, Seed: 3, Budget: budget, Lag: 4, Reduction: 2,
			Matrix: func(trial search.Trial) (m Matrix, err error) {
				m.Models = []Model{{"hidden", hidden}}
				if trial.Texts["model"] == "hidden-bn" {
					m.Models = []Model{{"hidden-bn", hiddenBN}}
				}
				lr, err := strconv.ParseFloat(trial.Texts["lr"], 64)
				if err != nil {
					return m, err
				}
				batch, err := strconv.Atoi(trial.Texts["batch"])
				if err != nil {
					return m, err
				}
				solver, err := solvers.Parse(trial.Texts["solver"])
				m.Settings = []Setting{{Solver: solver, Schedule: schedules.OneCycleLR{
					MaxLR: 10 * lr, PctStart: 0.3, DivFactor: 25, FinalDivFactor: 1e4, AnnealStrategy: "cos",
				}}}
				m.Rates, m.Batches = []float64{lr}, []int{batch}
				return m, err
			},
		},
		Common: train.Config{
			Train: halves(t, 90), Test: halves(t, 50),
			Settings: train.Settings{Epochs: 4, EvalBatch: 50, Interval: runs.PerStep, Valid: 30},
		},
		Dir: filepath.Join(t.TempDir(), "search"),
	}
}

// A search has the same results.csv from any number of runs at a time, and when it is stopped and continued at random
// moments. A search with a larger budget ends as one that had it from the start.
func TestSearch(t *testing.T) {
	for _, c := range []struct {
		kind         string
		less, budget search.Budget
	}{
		{RandomSearch, search.Budget{Runs: 2}, search.Budget{Runs: 6}},
		{ASHA, search.Budget{Runs: 8}, search.Budget{Runs: 16}},
		{ASHA, search.Budget{Epochs: 12}, search.Budget{Epochs: 28}},
	} {
		if testing.Short() && c.budget.Epochs > 0 {
			continue
		}
		once := searched(t, c.kind, c.budget)
		once.Jobs = 1
		results := run(t, once)
		want := read(t, once.Dir, ResultsCSV)
		if c.kind == ASHA && (!strings.Contains(want, ",pruned,") || !strings.Contains(want, ",completed,")) {
			t.Errorf("%v: got\n%s\nwant pruned and completed runs", c.budget, want)
		}
		if n := len(results.Found.Trials); n != len(results.Summaries()) || 2*n != len(results.Cells) {
			t.Errorf("%v: %d trials, %d summaries, %d runs", c.budget, n, len(results.Summaries()), len(results.Cells))
		}
		several := searched(t, c.kind, c.less)
		several.Jobs = 3
		run(t, several)
		several.Search.Budget = c.budget
		r := rand.New(rand.NewPCG(1, 1))
		for {
			stopped, stop := context.WithCancel(t.Context())
			left := 20 + r.IntN(80) // events until the search is stopped
			several.Observer = func(Cell, runs.Event) error {
				if left--; left == 0 {
					stop()
				}
				return nil
			}
			_, err := Run(stopped, several)
			stop()
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		if got := read(t, several.Dir, ResultsCSV); got != want {
			t.Errorf("%s, %v, three at a time, stopped at times: got\n%s\nwant\n%s", c.kind, c.budget, got, want)
		}
	}
}

// Three programs that share a folder find what one finds, and so does one that collects. Before they have ended, that
// one says so, and trains nothing.
func TestSearchInShares(t *testing.T) {
	once := searched(t, ASHA, search.Budget{Runs: 12})
	run(t, once)
	want := read(t, once.Dir, ResultsCSV)
	shared := searched(t, ASHA, search.Budget{Runs: 12})
	shared.Jobs = 1
	stopped, stop := context.WithCancel(t.Context())
	first := shared
	first.Share = Share{0, 3}
	first.Observer = func(_ Cell, e runs.Event) error {
		if _, ok := e.(runs.End); ok {
			stop()
		}
		return nil
	}
	if _, err := Run(stopped, first); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if r, err := Collect(t.Context(), shared); !errors.Is(err, ErrOpen) || r == nil {
		t.Errorf("collected too early: got %v", err)
	}
	var group errgroup.Group
	for i := range 3 {
		group.Go(func() error {
			c := shared
			c.Share = Share{i, 3}
			r, err := Run(t.Context(), c)
			if err == nil && lines(t, r) != want {
				err = fmt.Errorf("share %d: got\n%s\nwant\n%s", i, lines(t, r), want)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(shared.Dir, ResultsCSV)); err != nil {
		t.Fatal(err)
	}
	if _, err := Collect(t.Context(), shared); err != nil || read(t, shared.Dir, ResultsCSV) != want {
		t.Errorf("collected: got %v and\n%s\nwant\n%s", err, read(t, shared.Dir, ResultsCSV), want)
	}
}

// A run that stopped at each rung has the bits of one that was never stopped, with a schedule of the run's length, also
// if it is diagnosed.
func TestPromotedRunHasSameBits(t *testing.T) {
	c := searched(t, ASHA, search.Budget{Runs: 12})
	c.Common.Diagnostics = true
	compared := 0
	for _, r := range run(t, c).Cells {
		if r.End.Reason != runs.Completed {
			continue
		}
		compared++
		dir := filepath.Join(t.TempDir(), r.Name())
		if _, err := train.Run(t.Context(), r.config(withValidation(c.Common), dir)); err != nil {
			t.Fatal(err)
		}
		if read(t, dir, runs.FinalFile) != read(t, c.Dir, r.Name(), runs.FinalFile) {
			t.Errorf("%s: final weights differ from those of a run that was not stopped", r.Name())
		}
		alone, err := runs.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range alone.Epochs {
			a, b := e, r.Epochs[i]
			if a.ValidationLoss == nil || b.ValidationLoss == nil || *a.ValidationLoss != *b.ValidationLoss ||
				a.TrainLoss != b.TrainLoss || a.TestLoss != b.TestLoss {
				t.Errorf("%s, epoch %d: got %+v, want %+v", r.Name(), i+1, b, a)
			}
		}
	}
	if compared == 0 {
		t.Error("no run was completed")
	}
}

func withValidation(c train.Config) train.Config {
	c.ChooseBy = runs.ByValidation
	return c
}

// The test samples take no part in what a search decides: with other ones it trains the same runs equally far.
func TestSearchIgnoresTestSamples(t *testing.T) {
	columns := func(c Config) string {
		var b strings.Builder
		for _, r := range run(t, c).Cells {
			fmt.Fprintln(&b, r.Name(), len(r.Epochs), r.End.Reason)
		}
		return b.String()
	}
	one, other := searched(t, ASHA, search.Budget{Runs: 12}), searched(t, ASHA, search.Budget{Runs: 12})
	set := halves(t, 50)
	labels := make([]int32, 50)
	pixels := make([]float32, 50*16)
	for i := range labels {
		labels[i] = int32(i / 25 % 2) // wrong as often as right
	}
	var err error
	if other.Common.Test, err = data.NewMemory(set.Shape(), 2, pixels, labels); err != nil {
		t.Fatal(err)
	}
	if a, b := columns(one), columns(other); a != b {
		t.Errorf("got\n%s\nwith other test samples, want\n%s", b, a)
	}
}

func TestSearchErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Dir = "" }, "study: a search needs a Dir, since runs continue from their checkpoints"},
		{func(c *Config) { c.Search.Kind = "grid" }, `study: a search of kind "grid": want random or asha`},
		{func(c *Config) { c.Search.Reduction = 1 }, "search: reduction 1: want at least 2"},
		{func(c *Config) { c.Search.Lag = -1 }, "study: a search with least 0, reduction 2, lag -1: want none below 0"},
		{
			func(c *Config) { c.Matrix.Rates = []float64{1} },
			"study: Matrix has more than Seeds: in a search, put the rest into Search.Space",
		},
		{
			func(c *Config) { c.Common.Steps = 5 },
			"study: got a limit of 5 steps: a search counts epochs, so set these instead",
		},
		{
			func(c *Config) { c.Common.ChooseBy = runs.ByTest },
			"study: got choose-by test, want validation: a search compares settings by validation samples, " +
				"never by the test samples",
		},
		{
			func(c *Config) { c.Search.Least = 4 },
			"study: the first comparison is after 4 epochs: want fewer than the 4 of a whole run",
		},
		{
			func(c *Config) { c.Search.Budget = search.Budget{Runs: 1} },
			"search: budget 1 run: want at least 2, those of one setting from 2 seeds",
		},
		{func(c *Config) { c.Search.Space = new(search.Space) }, "search: nothing to search: "},
	} {
		config := searched(t, ASHA, search.Budget{Runs: 4})
		c.change(&config)
		if _, err := Run(t.Context(), config); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
		if config.Dir != "" {
			if _, err := os.Stat(config.Dir); err == nil {
				t.Errorf("%s: made the folder", c.want)
			}
		}
	}
}

// A folder keeps its search: another one in it is an error that names what differs.
func TestAnotherSearch(t *testing.T) {
	c := searched(t, ASHA, search.Budget{Runs: 4})
	run(t, c)
	other := c
	changed := *c.Search
	other.Search = &changed
	changed.Seed, changed.Reduction = 4, 3
	_, err := Run(t.Context(), other)
	for _, want := range []string{
		"holds another study: the search's seed is 4 and was 3; the search's rungs is [1 3 4] and was [1 2 4]; " +
			"the search's reduction is 3 and was 2; use another folder",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	grid := small(t)
	grid.Dir = c.Dir
	if _, err := Run(t.Context(), grid); err == nil || !strings.Contains(err.Error(), "it is a search") {
		t.Errorf("got %v, want one that tells of the search", err)
	}
}
