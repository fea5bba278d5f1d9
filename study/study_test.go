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

// TestPage draws a study, and names its runs by what they differ in.
func TestPage(t *testing.T) {
	c := small(t)
	c.Dir = t.TempDir()
	results := run(t, c)
	page, err := results.Page()
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Runs) != 12 || len(page.Tables) != 1 || page.Title != "hidden, hidden-bn: 12 runs compared" {
		t.Errorf("got %q with %d runs and %d tables", page.Title, len(page.Runs), len(page.Tables))
	}
	for i, want := range map[int]string{
		0: "hidden, plateau, lr 0.1",
		1: "hidden, plateau, lr 0.1",
		8: "hidden-bn, adam, lr 0.001",
	} {
		if got := page.Runs[i].Name; got != want {
			t.Errorf("run %d: got %q, want %q", i, got, want)
		}
	}
	path := filepath.Join(c.Dir, "report.html")
	if err := page.Save(path); err != nil {
		t.Fatal(err)
	}
	if text := read(t, path); !strings.Contains(text, "hidden-bn, adam, lr 0.001") {
		t.Errorf("got a page of %d bytes without a run's name", len(text))
	}
	results.Dir = t.TempDir()
	if _, err := results.Page(); err == nil {
		t.Error("runs that are not there: got no error")
	}
	results.Dir = ""
	if _, err := results.Page(); err == nil || !strings.Contains(err.Error(), "want a study with a Dir") {
		t.Errorf("no folder: got %v", err)
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

var errStop = errors.New("stop")

// TestGoesOn stops a study again and again, by its context and by an observer's error; in the end it has the results of
// one that was left alone, and no run that was over was touched.
func TestGoesOn(t *testing.T) {
	c := small(t)
	c.Jobs = 2
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	stops := 0
	for stopped := true; stopped; {
		ctx, cancel := context.WithCancel(t.Context())
		steps, over, byError := 0, make(map[string]bool), stops%2 == 1
		c.Observer = func(cell Cell, e runs.Event) error {
			switch e := e.(type) {
			case runs.Step:
				if over[cell.Name()] {
					t.Errorf("%s was over and goes on", cell.Name())
				}
				if steps++; steps == 13+stops {
					if byError {
						return errStop
					}
					cancel()
				}
			case runs.End:
				if e.Reason != runs.Interrupted {
					over[cell.Name()] = true
				}
			}
			return nil
		}
		_, err := Run(ctx, c)
		cancel()
		stopped = err != nil
		if stopped {
			stops++
		}
		if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errStop) {
			t.Fatal(err)
		}
	}
	if got := read(t, c.Dir, ResultsCSV); got != want || stops < 5 {
		t.Errorf("after %d stops: got\n%s\nwant\n%s", stops, got, want)
	}

	// Once more: nothing is trained, and the results are the same.
	c.Observer = func(cell Cell, e runs.Event) error {
		if _, ok := e.(runs.End); !ok {
			t.Errorf("%s: got %T", cell.Name(), e)
		}
		return nil
	}
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("again: got\n%s\nwant\n%s", got, want)
	}
}

// TestTwoAtOnce refuses a study that another program is at work on, which goes on undisturbed.
func TestTwoAtOnce(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	other, tried := c, 0
	another := c
	another.Common.LabelSmoothing = 0.1
	c.Observer = func(_ Cell, e runs.Event) error {
		if _, ok := e.(runs.Epoch); !ok {
			return nil
		}
		if _, err := Run(t.Context(), other); err == nil ||
			!strings.Contains(err.Error(), c.Dir+": another program is at work in it") {
			t.Errorf("got %v", err)
		}
		if _, err := Run(t.Context(), another); !errors.Is(err, ErrTaken) {
			t.Errorf("another study: got %v", err)
		}
		tried++
		return nil
	}
	if got := lines(t, run(t, c)); got != want || tried == 0 {
		t.Errorf("after %d tries: got\n%s\nwant\n%s", tried, got, want)
	}
}

// TestOneFails damages the settings of one cell of a study that has begun. The others end all the same, and the study
// can continue once that cell's folder is gone.
func TestOneFails(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	cells, err := c.Matrix.Cells()
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(c.Dir, cells[0].Name())
	if err := os.Mkdir(bad, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bad, runs.ConfigFile), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, StudyFile), study(t, c), 0o666); err != nil {
		t.Fatal(err)
	}
	ended := 0
	c.Observer = func(_ Cell, e runs.Event) error {
		if _, ok := e.(runs.End); ok {
			ended++
		}
		return nil
	}
	if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), cells[0].Name()) {
		t.Errorf("got %v, want an error that names %s", err, cells[0].Name())
	}
	if ended != len(cells)-1 {
		t.Errorf("%d cells have ended, want %d", ended, len(cells)-1)
	}
	if err := os.RemoveAll(bad); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

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

// TestLeftovers goes on from what a program leaves that is killed while it makes folders.
func TestLeftovers(t *testing.T) {
	c := small(t)
	want := lines(t, run(t, c))
	c.Dir = t.TempDir()
	write := func(content string, path ...string) {
		t.Helper()
		file := filepath.Join(append([]string{c.Dir}, path...)...)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("{", StudyFile+".0123abcd.tmp")
	run(t, c)
	cells, err := c.Matrix.Cells()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(c.Dir, cells[0].Name())); err != nil {
		t.Fatal(err)
	}
	write("", cells[0].Name(), runs.MetricsFile)
	write("x", cells[0].Name(), runs.ConfigFile+".0123abcd.tmp")
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestMore adds seeds, settings and epochs to a study: it has the results of one that had them from the start.
func TestMore(t *testing.T) {
	c := small(t)
	c.Dir = t.TempDir()
	run(t, c)
	more := small(t)
	more.Matrix.Seeds = []uint64{3, 1, 2}
	more.Matrix.Settings = append(more.Matrix.Settings, Setting{"more", solvers.SGD{LR: 0.01}, nil})
	more.Common.Epochs = 5
	want := lines(t, run(t, more))
	more.Dir = c.Dir
	if got := lines(t, run(t, more)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
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
