package app

import (
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

// Runs of folds record which one they hold out, a resumed run finds it in its record, and the commands that divide the
// data agree on it.
func TestFoldFlag(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 60, 28)
	run := []string{
		"--data", set, "--train-limit", "50", "--model", "mlp-bn", "--batch", "10", "--valid-seed", "3", "--quiet",
	}
	for _, args := range [][]string{
		append(run, "--fold", "02/5", "--epochs", "2", "--out", "whole"),
		append(run, "--fold", "2/5", "--epochs", "1", "--out", "part"),
		{"--resume", "part", "--epochs", "2", "--quiet"},
		append(run, "--fold", "3/5", "--epochs", "1", "--out", "other"),
	} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	whole := must(runs.ReadRecord(filepath.Join(dir, "whole")))
	if whole.Fold != "2/5" || whole.Train.Samples != 40 || whole.Validation.Samples != 10 ||
		whole.ChooseBy != runs.ByValidation {
		t.Errorf("got %+v", whole)
	}
	part := must(runs.ReadRecord(filepath.Join(dir, "part")))
	other := must(runs.ReadRecord(filepath.Join(dir, "other")))
	if sum := whole.Validation.SHA256; part.Validation.SHA256 != sum || other.Validation.SHA256 == sum {
		t.Error("want the same samples of the same fold, and others of another")
	}
	if string(content(t, dir, "part", "final.safetensors")) != string(content(t, dir, "whole", "final.safetensors")) {
		t.Error("the resumed run has other bits")
	}
	counts := mnist(t, dir, "data", "--data", set, "--fold", "2/5", "--quiet")
	if counts.code != exitOK || !strings.Contains(counts.stdout, "all                    48       12       60") {
		t.Errorf("got %+v", counts)
	}
	for _, c := range []struct{ args, says string }{
		{"train --fold 6/5", `got "6/5", want K/N, such as 1/5: N at least 2, and K from 1 to N`},
		{"train --fold 1/1", `got "1/1", want K/N`},
		{"train --fold half", `got "half", want K/N`},
		{"train --fold 1/5 --valid 0.1", "--fold 1/5 and --valid both say which images to hold out: leave one of them out"},
		{"compare --fold 1/5 --valid none", "--fold 1/5 and --valid both"},
		{"lrfind --fold 1/5 --valid 9", "--fold 1/5 and --valid both"},
		{"data --fold 1/5 --valid 9 --data " + set, "--fold 1/5 and --valid both"},
		{"data --fold 1/5 --valid 9 --data nowhere", "--fold 1/5 and --valid both"},
		{"train --fold 1/61 --out x --data " + set, "folds: got 61, want 2 to 60, the number of samples"},
		{"train --resume part --epochs 3 --fold 1/5", "fold"},
	} {
		if got := mnist(t, dir, strings.Fields(c.args)...); got.code == exitOK || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: got %+v, want %s", c.args, got, c.says)
		}
	}
}
