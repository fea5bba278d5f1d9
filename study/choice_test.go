package study

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
	"anneal/runs"
)

// If one run of a study chooses, all hold out the same validation samples, whatever their seeds, so that they train on
// the same images.
func TestRunsShareValidation(t *testing.T) {
	c := small(t)
	c.Common.ChooseBy, c.Dir = "", filepath.Join(t.TempDir(), "study")
	results := run(t, c)
	if results.By != runs.ByValidation {
		t.Errorf("got a choice by %q", results.By)
	}
	trained, validated := "", ""
	for _, r := range results.Cells {
		record, err := runs.ReadRecord(filepath.Join(c.Dir, r.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if record.Train.Samples != 83 || record.Validation.Samples != 7 {
			t.Errorf("%s: got %+v and %+v, want 83 and 7 samples", r.Name(), record.Train, record.Validation)
		}
		if trained == "" {
			trained, validated = record.Train.SHA256, record.Validation.SHA256
		}
		if record.Train.SHA256 != trained || record.Validation.SHA256 != validated {
			t.Errorf("%s trained on other images", r.Name())
		}
		if c := r.Choice; !r.Diverged() && (c.By != runs.ByValidation || c != r.End.Choice) {
			t.Errorf("%s: got choice %v, want that of its end %v", r.Name(), c, r.End.Choice)
		}
	}
	want := lines(t, results)
	if !strings.Contains(want, ",final_validation_accuracy,final_validation_loss,chosen_epoch,") {
		t.Errorf("got CSV %s", want)
	}
	if again := lines(t, run(t, c)); again != want {
		t.Errorf("again: got\n%swant\n%s", again, want)
	}
}

// What a study ranks does not depend on the test set.
func TestRankingIgnoresTest(t *testing.T) {
	limits := func(set data.Dataset) []Limit {
		c := small(t)
		c.Matrix.Settings, c.Matrix.Rates, c.Common.ChooseBy = c.Matrix.Settings[:1], []float64{0.001, 0.1}, ""
		c.Common.Test, c.Usable = set, 0.3
		return run(t, c).Limits()
	}
	a, b := limits(halves(t, 50)), limits(flipped{halves(t, 50)})
	for i := range a {
		if a[i].BestLR != b[i].BestLR || a[i].Largest != b[i].Largest || math.IsNaN(a[i].BestLR) {
			t.Errorf("%s: rates %v and %v, with another test set %v and %v",
				a[i].Model, a[i].BestLR, a[i].Largest, b[i].BestLR, b[i].Largest)
		}
		if a[i].Best.Mean == b[i].Best.Mean {
			t.Errorf("%s: both test sets report %v", a[i].Model, a[i].Best)
		}
	}
}

type flipped struct{ data.Dataset }

func (f flipped) Read(i int, x []float32) (int32, error) {
	label, err := f.Dataset.Read(i, x)
	return 1 - label, err
}

// A study in which nothing chooses ranks nothing, and one that chooses by the test set says so.
func TestTablesSayWhatChose(t *testing.T) {
	for by, want := range map[runs.ChooseBy]string{
		"": "chosen by the test images", runs.ByTest: "chosen by the test images",
		runs.ByValidation: "on the validation images", runs.ByNothing: "Nothing was chosen",
	} {
		r := &Results{By: by, Usable: 0.9}
		for _, lr := range []float64{0.1, 0.2} {
			v := 0.8
			e := runs.Epoch{Epoch: 1, TestAccuracy: 0.95 - lr, ValidationAccuracy: &v, ValidationLoss: &v}
			cell := Cell{Model: "m", Setting: "s", LR: lr}
			r.Cells = append(r.Cells, Result{cell, []runs.Epoch{e}, runs.End{}, runs.Choice{}, 2})
		}
		tables := r.Tables()
		if text := tables[0].Title; !strings.Contains(text, want) {
			t.Errorf("by %q: got title %q, want %q in it", by, text, want)
		}
		head := strings.Join(tables[0].Head, " ") + " " + strings.Join(tables[1].Head, " ")
		if got := strings.Count(head, "best"); got != map[bool]int{true: 0, false: 3}[by == runs.ByNothing] {
			t.Errorf("by %q: got heads %q", by, head)
		}
		if got := strings.Contains(head, "validation"); got != (by == runs.ByValidation) {
			t.Errorf("by %q: got heads %q", by, head)
		}
	}
}

// A study that an older version of the program began goes on choosing by the test samples.
func TestOlderStudiesContinue(t *testing.T) {
	c := small(t)
	c.Dir = filepath.Join(t.TempDir(), "study")
	want := lines(t, run(t, c))
	for _, path := range []string{StudyFile, "hidden_plateau_lr0.1_batch16_seed1/" + runs.ConfigFile} {
		text := read(t, c.Dir, path)
		older := strings.Replace(text, `"choose_by": "test",`, "", 1)
		if older == text {
			t.Fatalf("%s does not say what chose:\n%s", path, text)
		}
		if err := os.WriteFile(filepath.Join(c.Dir, path), []byte(older), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	c.Common.ChooseBy = ""
	if err := os.RemoveAll(filepath.Join(c.Dir, "hidden_adam_lr0.001_batch16_seed1")); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, run(t, c)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
