package train_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// TestBadConfig checks that what is wrong is found, and said in one line, before a folder is made.
func TestBadConfig(t *testing.T) {
	wide, err := data.NewMemory([3]int{1, 4, 5}, 3, make([]float32, 20), []int32{0})
	if err != nil {
		t.Fatal(err)
	}
	many, err := data.NewMemory([3]int{1, 4, 4}, 5, make([]float32, 16), []int32{4})
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other.safetensors")
	params := small(t)
	params.Model = linear
	params.Dir = ""
	result, err := train.Run(t.Context(), params)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Save(other, result.Params); err != nil {
		t.Fatal(err)
	}
	conv := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.Flatten(b.Conv2D("conv", x, 2, 7)), 3)
	}
	for _, c := range []struct {
		name   string
		change func(*train.Config)
		want   []string
	}{
		{"no model", func(c *train.Config) { c.Model = nil }, []string{"want a Model"}},
		{"no test data", func(c *train.Config) { c.Test = nil }, []string{"Test"}},
		{"batch", func(c *train.Config) { c.Batch = -1 }, []string{"batch: got -1, want 1 to 2147483647"}},
		{"epochs", func(c *train.Config) { c.Epochs = -2 }, []string{"epochs: got -2"}},
		{
			"too many epochs", func(c *train.Config) { c.Epochs = math.MaxInt },
			[]string{"epochs: got", "want 1 to 2147483647"},
		},
		{"steps", func(c *train.Config) { c.Steps = -2 }, []string{"steps: got -2"}},
		{"log every", func(c *train.Config) { c.LogEvery = -2 }, []string{"log every: got -2"}},
		{"accumulate", func(c *train.Config) { c.Accumulate = -1 }, []string{"accumulate: got -1, want 1 to"}},
		{"patience", func(c *train.Config) { c.Patience = -1 }, []string{"patience: got -1, want 1 to"}},
		{
			"min delta", func(c *train.Config) { c.Patience, c.MinDelta = 1, -0.1 },
			[]string{"min delta: got -0.1, want a number of at least 0"},
		},
		{"no min delta", func(c *train.Config) { c.Patience, c.MinDelta = 1, math.NaN() }, []string{"min delta: got NaN"}},
		{"min delta alone", func(c *train.Config) { c.MinDelta = 0.1 }, []string{"min delta: got 0.1 and no patience"}},
		{
			"label smoothing", func(c *train.Config) { c.LabelSmoothing = 1 },
			[]string{"label smoothing: got 1, want at least 0 and less than 1"},
		},
		{"negative smoothing", func(c *train.Config) { c.LabelSmoothing = -0.1 }, []string{"label smoothing: got -0.1"}},
		{"ema", func(c *train.Config) { c.EMA = 1 }, []string{"moving average: got 1, want more than 0 and less than 1"}},
		{"no ema", func(c *train.Config) { c.EMA = math.NaN() }, []string{"moving average: got NaN"}},
		{"a model that changes", func(c *train.Config) {
			c.Accumulate = 2
			c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node {
				if x.Shape()[0] == 4 {
					return b.Linear("other", b.Flatten(x), 3)
				}
				return b.Linear("fc", b.Flatten(x), 3)
			}
		}, []string{"accumulate", "other parameters"}},
		{"interval", func(c *train.Config) { c.Interval = "month" }, []string{`"month"`, `"epoch"`, `"step"`}},
		{"solver", func(c *train.Config) { c.Solver = solvers.SGD{LR: -1} }, []string{"lr", "-1"}},
		{"schedule", func(c *train.Config) { c.Schedule = schedules.StepLR{StepSize: -1} }, []string{"step_size is -1"}},
		{"momentum to cycle", func(c *train.Config) {
			c.Solver = solvers.Default[solvers.Adagrad]()
			c.Schedule, _ = schedules.Parse("OneCycleLR(max_lr=0.1, total_steps=10)")
		}, []string{"Adagrad", "no momentum"}},
		{
			"last batch of one", func(c *train.Config) { c.Batch = 9 },
			[]string{"bn: ", "one value per channel", "batches of 9 and a last one of 1"},
		},
		{"batch of one", func(c *train.Config) { c.Batch = 1 }, []string{"batch of shape [1 ", "one value per channel"}},
		{"images of two shapes", func(c *train.Config) { c.Test = wide }, []string{"[1 4 4]", "[1 4 5]"}},
		{"too small images", func(c *train.Config) { c.Model = conv }, []string{"[4 1 4 4]", "conv"}},
		{
			"too many classes", func(c *train.Config) { c.Train, c.Test = many, many; c.Model = linear },
			[]string{"5 classes", "tells 3 apart"},
		},
		{"no such weights", func(c *train.Config) { c.Init = "nowhere.safetensors" }, []string{"nowhere.safetensors"}},
		{
			"other weights", func(c *train.Config) { c.Init = other },
			[]string{"fc1.weight [8 16] is missing", "fc.weight [3 16] is not in the model"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := small(t)
			c.change(&config)
			_, err := train.Run(t.Context(), config)
			if err == nil {
				t.Fatal("got no error")
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
					t.Errorf("got error %v, want %s", err, part)
				}
			}
			if _, err := os.Stat(config.Dir); err == nil {
				t.Error("there is a folder")
			}
		})
	}
}

func TestFolderIsNotOverwritten(t *testing.T) {
	c := small(t)
	if err := os.MkdirAll(c.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatalf("an empty folder: %v", err)
	}
	before := read(t, c.Dir, runs.MetricsFile)
	if _, err := train.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), c.Dir+" holds files already") {
		t.Errorf("a used folder: got %v", err)
	}
	if string(read(t, c.Dir, runs.MetricsFile)) != string(before) {
		t.Error("the run before was changed")
	}
	c.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(c.Dir, runs.MetricsFile), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := train.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "killed when it started") {
		t.Errorf("a folder without settings: got %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	c.Dir = file
	if _, err := train.Run(t.Context(), c); err == nil {
		t.Error("a file in place of the folder: got no error")
	}
}

// TestAugmentAsText checks that a record's settings augment as the data.Compose that they were recorded of.
func TestAugmentAsText(t *testing.T) {
	const text = "GaussianNoise(sigma=0.5)"
	compose, err := data.ParseAugment(text)
	if err != nil {
		t.Fatal(err)
	}
	var losses []float64
	for _, c := range []train.Config{
		{Augment: compose},
		{Settings: train.Settings{Augment: text}},
		{},
	} {
		config := small(t)
		config.Dir, config.Augment, config.Settings.Augment = "", c.Augment, c.Settings.Augment
		result, err := train.Run(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, result.Epochs[0].TrainLoss)
	}
	if losses[0] != losses[1] || losses[0] == losses[2] {
		t.Errorf("training losses with a Compose, with text, without: got %v, want the first two equal", losses)
	}
	bad := small(t)
	bad.Settings.Augment = "Blur()"
	if _, err := train.Run(t.Context(), bad); err == nil || !strings.Contains(err.Error(), `"Blur"`) {
		t.Errorf("got %v, want an error that names Blur", err)
	}
}
