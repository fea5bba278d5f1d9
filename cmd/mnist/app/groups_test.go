package app

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

// A run on a table with groups records them; resumed, evaluated and compared it has the same parts.
func TestGroupsFlag(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("patient,a,b,y\n")
	for i := range 90 {
		fmt.Fprintf(&b, "p%d,%d,%d,%s\n", i%15, i%7, i%11, []string{"ill", "well"}[i%2])
	}
	write(t, filepath.Join(dir, "visits.csv"), []byte(b.String()))
	run := []string{
		"--data", "visits.csv", "--target", "y", "--groups", "patient", "--fold", "1/4", "--model", "mlp", "--quiet",
	}
	for _, args := range [][]string{
		append(run, "--epochs", "2", "--out", "whole"),
		append(run, "--epochs", "1", "--out", "part"),
		{"--resume", "part", "--epochs", "2", "--quiet"},
		{"eval", "--init", "part/final.safetensors", "--quiet"},
		append([]string{"compare", "--seed", "1", "--epochs", "1", "--out", "study"}, run...),
	} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	whole, part := must(runs.ReadRecord(filepath.Join(dir, "whole"))), must(runs.ReadRecord(filepath.Join(dir, "part")))
	if q := fmt.Sprint(whole.Notes[noteOptions]); q != "target=y&groups=patient" || len(whole.Train.Columns) != 2 {
		t.Errorf("got options %s, columns %v", q, whole.Train.Columns)
	}
	if whole.Train.SHA256 != part.Train.SHA256 || whole.Validation.Samples != 18 || whole.Test.Samples != 18 ||
		whole.Train.Samples != 54 {
		t.Errorf("got %d, %d and %d samples", whole.Train.Samples, whole.Validation.Samples, whole.Test.Samples)
	}
	if string(content(t, dir, "part", "final.safetensors")) != string(content(t, dir, "whole", "final.safetensors")) {
		t.Error("the resumed run has other bits")
	}
	for _, c := range []struct{ args, says string }{
		{"train --groups doctor --target y --data visits.csv", `there is no column "doctor": want one of patient, a, b, y`},
		{"train --groups patient --data " + dataset(t, 60, 28), "there is no option groups for IDX files"},
		{"train --groups patient --data make_moons(n_samples=50)", "there is no option groups for a generated set"},
		{
			"train --model mlp --groups patient --target y --fold 1/13 --data visits.csv --out x",
			"folds: got 13, want 2 to 12, the number of groups",
		},
	} {
		if got := mnist(t, dir, strings.Fields(c.args)...); got.code == exitOK || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: got %+v, want %s", c.args, got, c.says)
		}
	}
}
