package train_test

import (
	"path/filepath"
	"testing"

	"anneal/data"
	"anneal/runs"
	"anneal/train"
)

// A run of a fold trains on all but the fold's part, chooses by it, records it, and has the same bits after a stop.
func TestFold(t *testing.T) {
	c := sampled(t, train.Settings{Fold: "2/4", ValidSeed: 3})
	check, err := train.CheckResume(t.Context(), c)
	if err != nil || check.Differences != nil {
		t.Fatalf("got %+v, %v", check, err)
	}
	folds, err := data.Folds(c.Train, 4, 3)
	if err != nil {
		t.Fatal(err)
	}
	c.Dir = filepath.Join(t.TempDir(), "run")
	if _, err := train.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	record, err := runs.ReadRecord(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if record.Fold != "2/4" || record.Valid != 0 || record.ChooseBy != runs.ByValidation || record.Validation == nil ||
		record.Train.Samples != 90 || record.Validation.Samples != 30 {
		t.Fatalf("got %+v", record)
	}
	if !train.IsData(t.Context(), record.Train, folds[1].Train) ||
		!train.IsData(t.Context(), *record.Validation, folds[1].Valid) {
		t.Error("the samples are not those of the second fold")
	}
	c.Fold = "3/4"
	if _, err := train.Resume(t.Context(), c, c.Dir); err == nil {
		t.Error("resumed with another fold: got no error")
	}
}
