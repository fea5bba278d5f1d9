package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/runs"
)

// study returns what study.json holds for c.
func study(t *testing.T, c Config) []byte {
	t.Helper()
	c.Dir = t.TempDir()
	run(t, c)
	content, err := os.ReadFile(filepath.Join(c.Dir, StudyFile))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestOtherStudy refuses another study in the folder of one, and names what differs.
func TestOtherStudy(t *testing.T) {
	begun := small(t)
	begun.Dir = t.TempDir()
	want := lines(t, run(t, begun))
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Matrix.Seeds = []uint64{1, 5} }, "seed 2 is missing"},
		{func(c *Config) { c.Matrix.Models = c.Matrix.Models[:1] }, "model hidden-bn is missing"},
		{func(c *Config) { c.Matrix.Rates = []float64{0.1} }, "rate 0.001, 1e+30 is missing"},
		{func(c *Config) { c.Matrix.Batches = []int{8} }, "batch size 16 is missing"},
		{
			func(c *Config) { c.Matrix.Settings[1].Schedule = step },
			"setting adam is Adam(), StepLR(step_size=5) and was Adam(), Constant();",
		},
		{func(c *Config) { c.Common.Epochs = 2 }, "epochs is 2 and was 3, and may only be more"},
		{func(c *Config) { c.Common.Interval = runs.PerStep }, `interval is "step" and was "epoch"`},
		{func(c *Config) { c.Common.Train = halves(t, 80) }, "train is "},
		{func(c *Config) { c.Common.Tuning.ClipNorm = 1 }, `tuning is {"clip_norm":1} and was not set`},
	} {
		other := small(t)
		other.Dir = begun.Dir
		c.change(&other)
		if _, err := Run(t.Context(), other); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %s in it", err, c.want)
		}
	}
	if got := lines(t, run(t, begun)); got != want {
		t.Errorf("after all that: got\n%s\nwant\n%s", got, want)
	}
	foreign := small(t)
	foreign.Dir = filepath.Join(begun.Dir, "hidden_adam_lr0.001_batch16_seed1")
	if _, err := Run(t.Context(), foreign); err == nil || !strings.Contains(err.Error(), "holds files already") {
		t.Errorf("in the folder of a run: got %v", err)
	}
}
