package train_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

func TestResumeErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, c *train.Config)
		want   []string
	}{
		{
			"another solver", func(_ *testing.T, c *train.Config) { c.Solver = solvers.SGD{LR: 0.2} },
			[]string{`solver is "SGD(lr=0.2`, "0.1", "continues only with its own settings"},
		},
		{"another batch", func(_ *testing.T, c *train.Config) { c.Batch = 5 }, []string{"batch is 5 and was 4"}},
		{
			"other data", func(t *testing.T, c *train.Config) { c.Train = stripes(t, 8) },
			[]string{`"samples":8`, `"samples":10`},
		},
		{
			"another model", func(_ *testing.T, c *train.Config) { c.Model = linear },
			[]string{"last.safetensors", "fc.weight [3 16] is missing"},
		},
		{
			"augmentation", func(_ *testing.T, c *train.Config) { c.Augment = data.Compose{data.GaussianNoise{Sigma: 1}} },
			[]string{"augment is", "not set"},
		},
		{
			"accumulation", func(_ *testing.T, c *train.Config) { c.Accumulate = 2 },
			[]string{"accumulate is 2 and was not set"},
		},
		{
			"label smoothing", func(_ *testing.T, c *train.Config) { c.LabelSmoothing = 0.1 },
			[]string{"label_smoothing is 0.1 and was not set"},
		},
		{"moving average", func(_ *testing.T, c *train.Config) { c.EMA = 0.9 }, []string{"ema is 0.9 and was not set"}},
		{
			"patience", func(_ *testing.T, c *train.Config) { c.Patience, c.MinDelta = 3, 0.5 },
			[]string{"patience is 3 and was not set", "min_delta is 0.5"},
		},
		{
			"fewer epochs", func(_ *testing.T, c *train.Config) { c.Epochs = 1 },
			[]string{"epochs is 1 and was 2", "only be more"},
		},
		{
			"dropout's seed", func(_ *testing.T, c *train.Config) { c.Params = graph.NewParams(5, tensor.Float32) },
			[]string{"seed 5, want 0"},
		},
		{
			"no folder", func(_ *testing.T, c *train.Config) { c.Dir += "x" },
			[]string{"not the folder of a run", "config.json"},
		},
		{
			"no last", func(t *testing.T, c *train.Config) { remove(t, c.Dir, runs.LastFile) },
			[]string{"last.safetensors", "no such file", "best.safetensors is intact"},
		},
		{
			"damaged config", func(t *testing.T, c *train.Config) { put(t, "{", c.Dir, runs.ConfigFile) },
			[]string{"config.json", "JSON"},
		},
		{
			"empty config", func(t *testing.T, c *train.Config) { put(t, "{}", c.Dir, runs.ConfigFile) },
			[]string{"config.json", "want the settings of a run"},
		},
		{"changed config", func(t *testing.T, c *train.Config) {
			put(t, strings.Replace(string(read(t, c.Dir, runs.ConfigFile)), `"batch": 4`, `"batch": 5`, 1), c.Dir,
				runs.ConfigFile)
			c.Batch = 5
		}, []string{"config.json was changed", "batch is 5 and was 4"}},
		{
			"no metrics", func(t *testing.T, c *train.Config) { remove(t, c.Dir, runs.MetricsFile) },
			[]string{"metrics.jsonl", "no such file"},
		},
		{"short metrics", func(t *testing.T, c *train.Config) {
			put(t, string(read(t, c.Dir, runs.MetricsFile)[:150]), c.Dir, runs.MetricsFile)
		}, []string{"metrics.jsonl", "got 1 line, want the 5", "damaged"}},
		{"damaged metrics", func(t *testing.T, c *train.Config) {
			put(t, "not"+string(read(t, c.Dir, runs.MetricsFile)[3:]), c.Dir, runs.MetricsFile)
		}, []string{"metrics.jsonl: line 1", "damaged"}},
		{"damaged checkpoint", func(t *testing.T, c *train.Config) {
			b := read(t, c.Dir, runs.LastFile)
			b[len(b)-1] ^= 1
			put(t, string(b), c.Dir, runs.LastFile)
		}, []string{"last.safetensors", "checksum", "damaged", "best.safetensors is intact", "after step 3"}},
		{
			"final as checkpoint", func(_ *testing.T, c *train.Config) { c.Dir = filepath.Join(c.Dir, runs.FinalFile) },
			[]string{"not a checkpoint", "last.safetensors is intact", "after step 4"},
		},
		{"stock solver", func(_ *testing.T, c *train.Config) {
			c.Solver = solvers.Stock{Solver: gorgonia.NewVanillaSolver(), LR: 0.1}
		}, []string{"VanillaSolver", "cannot be read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := small(t)
			config.ChooseBy = runs.ByTest
			stopAt(t, config, train.Run, 4)
			c.change(t, &config)
			before := folder(t, config.Dir)
			_, err := resume(t.Context(), config)
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want an error of one line", err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %v\nwant %s in it", err, part)
				}
			}
			if after := folder(t, config.Dir); !maps.Equal(before, after) {
				t.Error("the folder has changed")
			}
		})
	}
}

func remove(t *testing.T, path ...string) {
	t.Helper()
	if err := os.Remove(filepath.Join(path...)); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, content string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// folder is what the files in a folder hold.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, _ := os.ReadDir(dir) // none if it is not there
	for _, e := range entries {
		files[e.Name()] = string(read(t, dir, e.Name()))
	}
	return files
}

func TestCheckResume(t *testing.T) {
	c := settings[1].of(t)
	check, err := train.CheckResume(t.Context(), c)
	if err != nil || check.Differences != nil || check.Steps != 12 || !slices.Equal(check.Stops, []int{3, 4, 8}) ||
		check.Weights != 11 ||
		check.State == 0 ||
		check.Lines != 12+4+1 {
		t.Errorf("got %+v, %v", check, err)
	}
	if _, err := os.Stat(c.Dir); err == nil {
		t.Error("the check used the folder")
	}
	one := c
	one.Steps = 1
	if check, err := train.CheckResume(t.Context(), one); err == nil ||
		!strings.Contains(err.Error(), "steps: got 1, want at least 2") {
		t.Errorf("one step: got %+v, %v", check, err)
	}
	// A model that is another one every time it is drawn cannot be resumed.
	drawn := 0
	c.Model = func(b *graph.Builder, x *graph.Node) *graph.Node {
		drawn++
		return b.Linear("fc", b.Dropout("drop", b.Flatten(x), 0.1+0.001*float64(drawn)), 3)
	}
	check, err = train.CheckResume(t.Context(), c)
	if err != nil || len(check.Differences) < 2 {
		t.Errorf("a model that changes: got %+v, %v", check, err)
	}
	if b, err := json.Marshal(check); err != nil || !strings.Contains(string(b), "fc.weight: ") {
		t.Errorf("got %s, %v, want fc.weight among the differences", b, err)
	}
}
