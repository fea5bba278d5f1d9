package report

import (
	"strings"
	"testing"

	"anneal/runs"
)

// No setting is the best of runs that were tested on different samples, and a run whose rate somebody set is no seed of
// the others' setting.
func TestDifferentRuns(t *testing.T) {
	of := func(seed uint64, hash string, controls ...runs.Control) Run {
		record := &runs.Record{Model: "lenet"}
		record.Seed, record.Test.SHA256 = seed, hash
		last := runs.Epoch{Epoch: 1, TestAccuracy: 0.9}
		return Run{Seed: seed, Run: runs.Run{Record: record, Epochs: []runs.Epoch{last}, Controls: controls}}
	}
	steered := of(3, "a", runs.Control{Action: runs.SetRate, LR: []float64{0.1}})
	all := []Run{of(1, "a"), of(2, "a"), steered, of(4, "a", runs.Control{Action: runs.Pause})}
	Distinguish(all)
	for i, want := range []string{"lenet", "lenet", "lenet, steered", "lenet"} {
		if all[i].Name != want {
			t.Errorf("run %d: got %q, want %q", i, all[i].Name, want)
		}
	}
	if got := (Page{Runs: all}).facts()[0]; got.Value != "90.00 %" {
		t.Errorf("one test set: got %+v", got)
	}
	all = []Run{of(1, "a"), of(2, "b")}
	Distinguish(all)
	if all[0].Name == all[1].Name {
		t.Errorf("both runs are %q", all[0].Name)
	}
	if got := (Page{Runs: all}).facts()[0]; got.Value != "–" || !strings.Contains(got.Note, "different images") {
		t.Errorf("two test sets: got %+v", got)
	}
}
