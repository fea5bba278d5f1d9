package train_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/data"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// mislabelled is a data set whose labels are all wrong.
type mislabelled struct{ data.Dataset }

func (m mislabelled) Read(i int, x []float32) (int32, error) {
	label, err := m.Dataset.Read(i, x)
	return (label + 1) % int32(m.Classes()), err
}

// choosing has runs that choose, each in its own way.
var choosing = map[string]func(*train.Config){
	"plateau":           func(c *train.Config) { c.Schedule = plateau("ReduceLROnPlateau(patience=0)") },
	"plateau of max":    func(c *train.Config) { c.Schedule = plateau("ReduceLROnPlateau('max', patience=0)") },
	"plateau in warmup": func(c *train.Config) { c.Schedule = plateau("WarmupLR(ReduceLROnPlateau(patience=0), 1)") },
	"plateau of a group": func(c *train.Config) {
		g, err := solvers.ParseGroup("fc2*: schedule=ReduceLROnPlateau(patience=0)")
		if err != nil {
			panic(err)
		}
		c.Tuning.Groups = []solvers.Group{g}
	},
	"patience":      func(c *train.Config) { c.Patience = 2 },
	"best accuracy": func(c *train.Config) { c.Best = runs.ByAccuracy },
	"best loss":     func(c *train.Config) { c.Best = runs.ByLoss },
}

func plateau(spec string) schedules.Schedule {
	s, err := schedules.Parse(spec)
	if err != nil {
		panic(err)
	}
	return s
}

// chooses is a run of 10 epochs that chooses.
func chooses(t *testing.T, change func(*train.Config)) train.Config {
	t.Helper()
	c := small(t)
	c.Train, c.Epochs = stripes(t, 26), 10 // 24 to train on
	change(&c)
	return c
}

// Whatever chooses, does so by validation samples that are set aside: the test set has no part in it.
func TestChoosesByValidation(t *testing.T) {
	for name, change := range choosing {
		t.Run(name, func(t *testing.T) {
			c := chooses(t, change)
			want, err := train.Run(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			other := chooses(t, change)
			other.Test = mislabelled{other.Test}
			got, err := train.Run(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			if got.Epochs[0].TestAccuracy == want.Epochs[0].TestAccuracy {
				t.Fatal("both test sets give the same accuracy")
			}
			if len(got.Epochs) != len(want.Epochs) {
				t.Fatalf("another test set: %d epochs, want %d", len(got.Epochs), len(want.Epochs))
			}
			for i, e := range got.Epochs {
				if !slices.Equal(e.LR, want.Epochs[i].LR) || *e.ValidationLoss != *want.Epochs[i].ValidationLoss {
					t.Errorf("another test set, epoch %d: got rates %v and validation loss %v, want %v and %v",
						e.Epoch, e.LR, *e.ValidationLoss, want.Epochs[i].LR, *want.Epochs[i].ValidationLoss)
				}
			}
			a, b := got.End.Choice, want.End.Choice
			if a.By != runs.ByValidation || a.Epoch != b.Epoch || a.Loss != b.Loss {
				t.Errorf("another test set: got choice %v, want %v", a, b)
			}
			best, err := weights.Inspect(filepath.Join(other.Dir, runs.BestFile))
			if err != nil || best.Progress.Step != b.Epoch*6 {
				t.Errorf("best checkpoint: got %+v, %v, want that of epoch %d", best, err, b.Epoch)
			}
			record, err := runs.ReadRecord(c.Dir)
			if err != nil || record.ChooseBy != runs.ByValidation || record.Valid != 2 || record.Validation == nil ||
				record.Validation.Samples != 2 || record.Train.Samples != 24 {
				t.Errorf("got record %+v, %v", record, err)
			}
		})
	}
}

// The best epoch is the best by validation, whatever the test set says of it.
func TestBestFollowsValidation(t *testing.T) {
	c := small(t)
	c.Epochs, c.Best, c.Validation, c.Test = 8, runs.ByLoss, c.Test, mislabelled{c.Test}
	r := finished(t)(train.Run(t.Context(), c))
	want, least := 0, 0
	for i, e := range r.Epochs {
		if *e.ValidationLoss < *r.Epochs[want].ValidationLoss {
			want = i
		}
		if e.TestLoss < r.Epochs[least].TestLoss {
			least = i
		}
	}
	if want == least {
		t.Fatal("the same epoch has the lowest loss on both")
	}
	best, err := weights.Inspect(filepath.Join(c.Dir, runs.BestFile))
	if err != nil || best.Progress.Step != r.Epochs[want].Step || r.End.Choice.Epoch != want+1 {
		t.Errorf("got %+v, %v, want the checkpoint of epoch %d", best, err, want+1)
	}
	if record, err := runs.ReadRecord(c.Dir); err != nil || record.Train.Samples != 10 || record.Valid != 0 {
		t.Errorf("with its own validation data: got %+v, %v, want all 10 samples trained on", record, err)
	}
}

// A run in which nothing chooses trains on all samples, and its last weights are its result.
func TestNothingChooses(t *testing.T) {
	c := small(t)
	r := finished(t)(train.Run(t.Context(), c))
	if r.End.Choice != (runs.Choice{}) || r.Epochs[0].ValidationLoss != nil ||
		r.End.TestAccuracy != r.Epochs[1].TestAccuracy {
		t.Errorf("got end %+v", r.End)
	}
	if _, err := os.Stat(filepath.Join(c.Dir, runs.BestFile)); !os.IsNotExist(err) {
		t.Errorf("%s: got %v, want no such file", runs.BestFile, err)
	}
	if record, err := runs.ReadRecord(c.Dir); err != nil || record.ChooseBy != runs.ByNothing ||
		record.Train.Samples != 10 || record.Validation != nil {
		t.Errorf("got record %+v, %v", record, err)
	}
}

// A run that chooses by validation resumes with the same bits, and goes on choosing by the same samples.
func TestChoosingResumes(t *testing.T) {
	for name, change := range choosing {
		t.Run(name, func(t *testing.T) {
			straight, stopped := chooses(t, change), chooses(t, change)
			straight.EMA, stopped.EMA = 0.9, 0.9
			want, err := train.Run(t.Context(), straight)
			if err != nil {
				t.Fatal(err)
			}
			stopAt(t, stopped, train.Run, 4)
			stopAt(t, stopped, resume, 12)
			got, err := resume(t.Context(), stopped)
			if err != nil || got.End.Choice != want.End.Choice {
				t.Errorf("got %+v, %v, want choice %v", got, err, want.End.Choice)
			}
			sameRuns(t, stopped.Dir, straight.Dir, runs.BestFile, runs.EMAFile)
			stopped.ValidSeed = 1
			_, err = resume(t.Context(), stopped)
			if err == nil || !strings.Contains(err.Error(), "valid_seed is 1 and was not set") {
				t.Errorf("another split: got error %v", err)
			}
		})
	}
}

// A run of an older version of the program, whose record does not say by what it chose, goes on choosing by the test
// samples.
func TestOlderRunsChooseByTest(t *testing.T) {
	for name, change := range choosing {
		straight, stopped := chooses(t, change), chooses(t, change)
		straight.ChooseBy, stopped.ChooseBy = runs.ByTest, runs.ByTest
		want, err := train.Run(t.Context(), straight)
		if err != nil {
			t.Fatal(err)
		}
		stopAt(t, stopped, train.Run, 7)
		put(t, strings.Replace(string(read(t, stopped.Dir, runs.ConfigFile)), "  \"choose_by\": \"test\",\n", "", 1),
			stopped.Dir, runs.ConfigFile)
		stopped.ChooseBy = ""
		got, err := resume(t.Context(), stopped)
		if err != nil || got.End.Choice != want.End.Choice || got.End.Choice.By != runs.ByTest {
			t.Errorf("%s: got %+v, %v, want choice %v", name, got, err, want.End.Choice)
			continue
		}
		sameRuns(t, stopped.Dir, straight.Dir, runs.BestFile)
	}
}

// Who chooses by the test set is told what that means, and nobody else is.
func TestChoosingByTestWarns(t *testing.T) {
	for _, by := range []runs.ChooseBy{"", runs.ByValidation, runs.ByTest} {
		var starts []runs.Start
		c := chooses(t, func(c *train.Config) { c.Patience, c.ChooseBy = 3, by })
		c.Observers = []runs.Observer{collect(&starts)}
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		warnings := strings.Join(starts[0].Warnings, "\n")
		if got := strings.Contains(warnings, "choose by test: patience 3, best.safetensors"); got != (by == runs.ByTest) {
			t.Errorf("choose by %q: got warnings %q", by, warnings)
		}
		if want := map[bool]int{true: 0, false: 2}[by == runs.ByTest]; starts[0].Validation != want {
			t.Errorf("choose by %q: got %d validation samples, want %d", by, starts[0].Validation, want)
		}
	}
}

func TestChoosingErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*train.Config)
		want   string
	}{
		{
			func(c *train.Config) { c.Patience, c.ChooseBy = 3, runs.ByNothing },
			`choose by: got "nothing", but patience 3 must choose by something: want "validation" or "test"`,
		},
		{func(c *train.Config) { c.ChooseBy = "luck" }, `choose by: got "luck"`},
		{func(c *train.Config) { c.Valid, c.Validation = 2, c.Test }, "want one of them"},
		{func(c *train.Config) { c.Validation = stripes(t, 3); c.Validation = transposed{c.Validation} }, "[1 2 8]"},
		{func(c *train.Config) { c.Valid = 10 }, "validation size: got 10 of 10 samples"},
		{func(c *train.Config) { c.Valid = -1 }, "validation size: got -1"},
		{func(c *train.Config) { c.Valid = 2.5 }, "validation size: got 2.5"},
		{func(c *train.Config) { c.Valid, c.Fold = 2, "1/5" }, "train: valid: got 2, and fold 1/5"},
		{func(c *train.Config) { c.Fold, c.Validation = "1/5", c.Test }, "validation data, and fold 1/5"},
		{func(c *train.Config) { c.Fold = "6/5" }, `fold: got "6/5", want K/N`},
		{func(c *train.Config) { c.Fold = "1/11" }, "folds: got 11, want 2 to 10, the number of samples"},
	} {
		config := small(t)
		c.change(&config)
		if err := config.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got error %v, want one with %q", err, c.want)
		}
	}
}

type transposed struct{ data.Dataset }

func (transposed) Shape() [3]int { return [3]int{1, 2, 8} }
