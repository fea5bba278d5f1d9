package train_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// noisy has all that a run can draw from: dropout, batch normalization and, with small's last batch, two batch sizes.
func noisy(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("conv_bn", b.Conv2D("conv", x, 2, 3)))
	h = b.Dropout("drop", b.ReLU(b.Linear("fc1", b.Flatten(h), 5)), 0.3)
	return b.Linear("fc2", h, 3)
}

// setting is a solver with a schedule and more, as one spells them.
type setting struct{ solver, schedule, interval, augment, group string }

var settings = []setting{
	{"SGD(lr=0.1, momentum=0.9)", "StepLR(1, gamma=0.5)", "epoch", "none", ""},
	{
		"SGD(lr=0.05, momentum=0.9, nesterov=True, weight_decay=1e-3)",
		"OneCycleLR(max_lr=0.1, total_steps=12)",
		"step",
		"RandomErasing(p=0.5)",
		"",
	},
	{"Adam(lr=0.01)", "CosineAnnealingLR(T_max=12)", "step", "Compose([RandomAffine(10), GaussianNoise()])", ""},
	{
		"AdamW(lr=0.01)",
		"ReduceLROnPlateau(patience=0, threshold=0.5)",
		"epoch",
		"RandomHorizontalFlip()",
		"fc*: lr=0.5, schedule=ReduceLROnPlateau(mode='max', patience=0)",
	},
	{
		"RMSprop(lr=0.01, momentum=0.5, centered=True)",
		"ExponentialLR(0.9)",
		"epoch",
		"GaussianNoise(0.2)",
		"conv*: schedule=StepLR(1)",
	},
	{"NAdam(lr=0.01)", "CyclicLR(base_lr=0.001, max_lr=0.01, step_size_up=3, cycle_momentum=False)", "step", "none", ""},
	{"RAdam(lr=0.01)", "none", "epoch", "RandomErasing()", ""},
	{"Adagrad(lr=0.01)", "LinearLR()", "step", "none", ""},
	{"Adadelta()", "none", "epoch", "GaussianNoise()", ""},
	{
		"Adamax(lr=0.01)",
		"SequentialLR([LinearLR(start_factor=0.1, total_iters=2), ExponentialLR(0.5)], milestones=[2])",
		"epoch",
		"none",
		"",
	},
	{"Lion(lr=0.001)", "none", "epoch", "GaussianNoise()", ""},
	{"LARS(lr=0.5, momentum=0.9, trust_coefficient=0.02)", "CosineAnnealingLR(T_max=4)", "epoch", "none", ""},
	{"LAMB(lr=0.01)", "CosineAnnealingWarmRestarts(T_0=2)", "epoch", "none", ""},
}

// of is small with a setting, for 4 epochs of 3 steps.
func (s setting) of(t *testing.T) train.Config {
	t.Helper()
	c := small(t)
	c.Model, c.Epochs, c.Interval, c.ChooseBy = noisy, 4, runs.Interval(s.interval), runs.ByTest
	var errs [4]error
	c.Solver, errs[0] = solvers.Parse(s.solver)
	c.Schedule, errs[1] = schedules.Parse(s.schedule)
	c.Augment, errs[2] = data.ParseAugment(s.augment)
	if s.group != "" {
		g, err := solvers.ParseGroup(s.group)
		c.Tuning.Groups, errs[3] = []solvers.Group{g}, err
	}
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// stopAt runs until a step, as Ctrl-C would stop it there.
func stopAt(t *testing.T, c train.Config, run func(context.Context, train.Config) (*train.Result, error), step int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c.Observers = append(slices.Clone(c.Observers), func(e runs.Event) error {
		if s, ok := e.(runs.Step); ok && s.Step == step {
			cancel()
		}
		return nil
	})
	r, err := run(ctx, c)
	if err != nil || r.End.Reason != runs.Interrupted {
		t.Fatalf("got %+v, %v", r, err)
	}
}

func finished(t *testing.T) func(r *train.Result, err error) *train.Result {
	t.Helper()
	return func(r *train.Result, err error) *train.Result {
		t.Helper()
		if err != nil || r.End.Reason != runs.Completed {
			t.Fatalf("got %+v, %v", r, err)
		}
		return r
	}
}

var times = regexp.MustCompile(`"(train|test)_seconds":[0-9.e-]+`)

// sameRuns compares files in the folders of two runs, all but what they took of time.
func sameRuns(t *testing.T, got, want string, names ...string) {
	t.Helper()
	for _, name := range append(names, runs.MetricsFile, runs.LastFile, runs.FinalFile, runs.MistakesFile) {
		a, b := read(t, got, name), read(t, want, name)
		if name == runs.MetricsFile {
			a, b = times.ReplaceAll(a, nil), times.ReplaceAll(b, nil)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", name)
			if name == runs.MetricsFile {
				t.Errorf("got\n%swant\n%s", a, b)
			}
		}
	}
}

// TestResumeToTheBit stops each run in the middle of an epoch, after an epoch's last step and before its evaluation,
// and in the middle again.
func TestResumeToTheBit(t *testing.T) {
	for _, s := range settings {
		t.Run(s.solver, func(t *testing.T) {
			straight := s.of(t)
			want := finished(t)(train.Run(t.Context(), straight))
			stopped := s.of(t)
			stopAt(t, stopped, train.Run, 2)
			stopAt(t, stopped, resume, 6)
			stopAt(t, stopped, resume, 10)
			got := finished(t)(resume(t.Context(), stopped))
			sameRuns(t, stopped.Dir, straight.Dir, runs.BestFile)
			if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(train.Result{}, "Params"),
				cmpopts.IgnoreFields(runs.Epoch{}, "TrainSeconds", "TestSeconds")); diff != "" {
				t.Errorf("result: (-want +got)\n%s", diff)
			}
		})
	}
}

// TestResumeForLonger does N epochs, then N more.
func TestResumeForLonger(t *testing.T) {
	for _, s := range settings {
		straight := s.of(t)
		finished(t)(train.Run(t.Context(), straight))
		longer := s.of(t)
		longer.Epochs = 2
		finished(t)(train.Run(t.Context(), longer))
		longer.Epochs = 4
		var starts []runs.Start
		longer.Observers = []runs.Observer{collect(&starts)}
		finished(t)(resume(t.Context(), longer))
		sameRuns(t, longer.Dir, straight.Dir)
		if len(starts) != 1 || starts[0].Done != 6 || len(starts[0].Changes) != 1 ||
			!strings.Contains(starts[0].Changes[0], "epochs 2 → 4; it continues as if it had been 4 from the start") {
			t.Errorf("got start %+v", starts)
		}
		record, err := runs.ReadRecord(longer.Dir)
		if err != nil || record.Epochs != 4 || record.TotalSteps != 12 {
			t.Errorf("got config %+v, %v, want 4 epochs", record, err)
		}
	}
}

// A run that is resumed after its end leaves everything as it was.
func TestResumeAfterTheEnd(t *testing.T) {
	c := small(t)
	c.Steps = 5 // within an epoch
	finished(t)(train.Run(t.Context(), c))
	before := read(t, c.Dir, runs.MetricsFile)
	finished(t)(resume(t.Context(), c))
	if after := read(t, c.Dir, runs.MetricsFile); !bytes.Equal(before, after) {
		t.Errorf("got metrics\n%s\nwant\n%s", after, before)
	}
}

// TestSaveEveryAndKeep goes back to a checkpoint of before.
func TestSaveEveryAndKeep(t *testing.T) {
	c := settings[2].of(t)
	c.SaveEvery, c.Keep = 2, 3
	finished(t)(train.Run(t.Context(), c))
	list := func() (names []string) {
		entries, err := os.ReadDir(c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "step-") {
				names = append(names, e.Name())
			}
		}
		return names
	}
	want := []string{"step-00000008.safetensors", "step-00000009.safetensors", "step-00000010.safetensors"}
	if got := list(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	metrics, final := read(t, c.Dir, runs.MetricsFile), read(t, c.Dir, runs.FinalFile)
	again := c
	again.Dir = filepath.Join(c.Dir, want[0])
	stopAt(t, again, resume, 9)
	if got := list(); !slices.Equal(got, want[:1]) {
		t.Errorf("gone back: got %v, want %v", got, want[:1])
	}
	finished(t)(resume(t.Context(), c))
	if got := read(t, c.Dir, runs.MetricsFile); !bytes.Equal(times.ReplaceAll(got, nil), times.ReplaceAll(metrics, nil)) {
		t.Errorf("got metrics\n%s\nwant\n%s", got, metrics)
	}
	if !bytes.Equal(read(t, c.Dir, runs.FinalFile), final) {
		t.Error("the run that went back has other weights")
	}

	// A run that is stopped before it went back is as it was. One that is stopped right after that can go on all the same.
	again.Dir = filepath.Join(c.Dir, "step-00000010.safetensors")
	at := func() int {
		i, err := weights.Inspect(filepath.Join(c.Dir, runs.LastFile))
		if err != nil {
			t.Fatal(err)
		}
		return i.Progress.Step
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := resume(cancelled, again); !errors.Is(err, context.Canceled) || at() != 12 {
		t.Errorf("got %v at step %d, want %v at step 12", err, at(), context.Canceled)
	}
	ctx, cancel := context.WithCancel(t.Context())
	again.Observers = []runs.Observer{func(e runs.Event) error {
		if _, ok := e.(runs.Start); ok {
			cancel()
		}
		return nil
	}}
	if r, err := resume(ctx, again); err != nil || r.End.Reason != runs.Interrupted || at() != 10 {
		t.Errorf("got %+v, %v at step %d, want it interrupted at step 10", r, err, at())
	}
	finished(t)(resume(t.Context(), c))
	if !bytes.Equal(read(t, c.Dir, runs.FinalFile), final) {
		t.Error("the run that went back and stopped has other weights")
	}
}

func TestBest(t *testing.T) {
	for _, best := range []runs.Best{runs.ByAccuracy, runs.ByLoss} {
		c := small(t)
		c.Epochs, c.Best, c.ChooseBy, c.Keep = 8, best, runs.ByTest, 8
		r := finished(t)(train.Run(t.Context(), c))
		want := slices.MaxFunc(r.Epochs, func(a, b runs.Epoch) int {
			if best == runs.ByLoss {
				return -cmp.Compare(a.TestLoss, b.TestLoss)
			}
			return cmp.Compare(a.TestAccuracy, b.TestAccuracy)
		})
		i, err := weights.Inspect(filepath.Join(c.Dir, runs.BestFile))
		if err != nil || i.Progress == nil || i.Progress.Step != want.Step {
			t.Errorf("%s: got %+v, %v, want the checkpoint of epoch %d", best, i, err, want.Epoch)
		}
	}
}

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
