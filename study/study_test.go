package study

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/stream"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// halves returns a data set of 4×4 images in noise, one half of which is lit.
func halves(t *testing.T, n int) data.Dataset {
	t.Helper()
	r := stream.New(1, "halves")
	pixels, labels := make([]float32, n*16), make([]int32, n)
	for i := range n {
		labels[i] = int32(i % 2)
		for k := range 16 {
			pixels[16*i+k] = float32(r.NormFloat64())
			if int32(k/8) == labels[i] {
				pixels[16*i+k]++
			}
		}
	}
	set, err := data.NewMemory([3]int{1, 4, 4}, 2, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func hidden(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc2", b.ReLU(b.Linear("fc1", b.Flatten(x), 8)), 2)
}

func hiddenBN(b *graph.Builder, x *graph.Node) *graph.Node {
	return b.Linear("fc2", b.Dropout("drop", b.ReLU(b.BatchNorm("bn1", b.Linear("fc1", b.Flatten(x), 8))), 0.1), 2)
}

// small returns a study of 12 runs, 4 of which diverge.
func small(t *testing.T) Config {
	return Config{
		Matrix: Matrix{
			Models: []Model{{"hidden", hidden}, {"hidden-bn", hiddenBN}},
			Settings: []Setting{
				{"plateau", solvers.SGD{LR: 0.1, Momentum: 0.9}, schedules.ReduceLROnPlateau{
					Mode: "min", Factor: 0.1, Threshold: 1e-4, ThresholdMode: "rel", MinLR: []float64{0},
				}},
				{"adam", solvers.Default[solvers.Adam](), nil},
				{"hopeless", solvers.SGD{LR: 1e30}, nil},
			},
			Batches: []int{16},
			Seeds:   []uint64{1, 2},
		},
		Common: train.Config{
			Train: halves(t, 90), Test: halves(t, 50),
			Settings: train.Settings{Epochs: 3, EvalBatch: 50, ChooseBy: runs.ByTest},
		},
	}
}

func run(t *testing.T, c Config) *Results {
	t.Helper()
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines returns the results' CSV.
func lines(t *testing.T, r *Results) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.CSV(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRun has the same numbers from any number of runs at a time, with a folder and without, and those of the run
// alone.
func TestRun(t *testing.T) {
	c := small(t)
	c.Jobs = 1
	results := run(t, c)
	want := lines(t, results)
	diverged := 0
	for _, r := range results.Cells {
		if r.Diverged() {
			diverged++
		}
		config := r.config(c.Common, "")
		alone, err := train.Run(t.Context(), config)
		if err != nil && !errors.Is(err, train.ErrDiverged) {
			t.Fatal(err)
		}
		if alone.End != r.End {
			t.Errorf("%s: got %+v, want %+v as alone", r.Name(), r.End, alone.End)
		}
	}
	if diverged == 0 || diverged == len(results.Cells) {
		t.Errorf("%d of %d diverged, want some", diverged, len(results.Cells))
	}
	c.Jobs = 3
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("3 at a time: got\n%s\nwant\n%s", got, want)
	}
	c.Dir, c.Jobs = filepath.Join(t.TempDir(), "a", "study"), 2
	run(t, c)
	if got := read(t, c.Dir, ResultsCSV); got != want {
		t.Errorf("in a folder: got\n%s\nwant\n%s", got, want)
	}
	if read(t, c.Dir, ResultsJSON) == "" || read(t, c.Dir, results.Cells[0].Name(), runs.FinalFile) == "" {
		t.Error("files are empty")
	}
}

// Cells of one seed begin with the same batches and, in what their models share, the same weights.
func TestSameStart(t *testing.T) {
	c := small(t)
	first := make(map[string]float64)
	c.Observer = func(cell Cell, e runs.Event) error {
		if s, ok := e.(runs.Step); ok && s.Step == 1 {
			first[cell.Name()] = s.Loss
		}
		return nil
	}
	for _, r := range run(t, c).Cells {
		other := r.Cell
		other.Setting, other.LR = "adam", 1e-3
		if first[r.Name()] == 0 || first[r.Name()] != first[other.Name()] {
			t.Errorf("the first loss of %s is %v, that of %s %v", r.Name(), first[r.Name()], other.Name(), first[other.Name()])
		}
		other.Seed = 3 - r.Seed
		if first[r.Name()] == first[other.Name()] {
			t.Errorf("the first losses of two seeds of %s are the same", r.Setting)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Common.Test = nil }, "Train and Test data"},
		{func(c *Config) { c.Common.Model = hidden }, "Model and Name"},
		{func(c *Config) { c.Common.Solver = sgd }, "Solver"},
		{func(c *Config) { c.Common.Seed = 1 }, "Seed"},
		{func(c *Config) { c.Common.Dir = "x" }, "Dir"},
		{func(c *Config) { c.Common.Epochs = -1 }, "epochs: got -1"},
		{func(c *Config) { c.Jobs = -1 }, "jobs: got -1"},
		{func(c *Config) { c.Targets = []float64{97} }, "target 97"},
		{func(c *Config) { c.Usable = -0.5 }, "target -0.5"},
		{func(c *Config) { c.Matrix.Batches = []int{0} }, "batch size 0"},
		{func(c *Config) { c.Matrix.Batches = []int{16, 89} }, "hidden-bn_plateau_lr0.1_batch89_seed1"}, // a last batch of 1
		{func(c *Config) { c.Matrix.Settings[1].Schedule = schedules.StepLR{} }, "hidden_adam_lr0.001_batch16_seed1"},
	} {
		config := small(t)
		config.Dir = filepath.Join(t.TempDir(), "study")
		c.change(&config)
		if _, err := Run(t.Context(), config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %s in it", err, c.want)
		}
		if _, err := os.Stat(config.Dir); err == nil {
			t.Errorf("%s: a folder was made", c.want)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(cancelled, small(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The default of the targets is nobody's to change.
func TestTargets(t *testing.T) {
	c := small(t)
	c.Matrix.Seeds = c.Matrix.Seeds[:1]
	c.Targets = []float64{0.5}
	if got := run(t, c); !slices.Equal(got.Targets, c.Targets) || got.Usable != 0.9 {
		t.Errorf("got %v and %v", got.Targets, got.Usable)
	}
}
