package app

import (
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

// Each command line trains on so many of 120 images and holds so many out, and chooses by what its record says.
func TestValidationFlags(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program many times")
	dir, set := t.TempDir(), dataset(t, 120, 28)
	for name, c := range map[string]struct {
		args           []string
		by             runs.ChooseBy
		trained, valid int
		log            string
	}{
		"default": {nil, runs.ByNothing, 120, 0, "completed after 2 epochs, test accuracy "},
		"plateau": {
			[]string{"--schedule", "ReduceLROnPlateau()"}, runs.ByValidation, 110, 10, "best validation accuracy",
		},
		"in a warm-up": {
			[]string{"--schedule", "WarmupLR(ReduceLROnPlateau(), 1)"}, runs.ByValidation, 110, 10, "10 samples held out",
		},
		"patience": {
			[]string{"--patience", "1"}, runs.ByValidation, 110, 10, "to choose by: patience 1, best.safetensors",
		},
		"best":   {[]string{"--best", "loss"}, runs.ByValidation, 110, 10, "best validation loss"},
		"number": {[]string{"--valid", "20"}, runs.ByValidation, 100, 20, "20 samples held out"},
		"share":  {[]string{"--valid", "0.25"}, runs.ByValidation, 90, 30, "30 samples held out"},
		"none":   {[]string{"--valid", "none"}, runs.ByNothing, 120, 0, "completed"},
		"zero":   {[]string{"--valid", "0"}, runs.ByNothing, 120, 0, "completed"},
		"limit": {
			[]string{"--train-limit", "60", "--patience", "1"}, runs.ByValidation, 55, 5, "5 samples held out",
		},
		"test": {
			[]string{"--patience", "2", "--choose-by", "test"},
			runs.ByTest, 120, 0,
			"choose by test: patience 2, best.safetensors: chosen by the test samples",
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := strings.ReplaceAll(name, " ", "-")
			args := append([]string{"--data", set, "--model", "mlp", "--epochs", "2", "--out", out}, c.args...)
			got := mnist(t, dir, args...)
			if got.code != exitOK || !strings.Contains(got.stderr, c.log) {
				t.Fatalf("got %+v\nwant %s", got, c.log)
			}
			record, err := runs.ReadRecord(filepath.Join(dir, out))
			if err != nil || record.ChooseBy != c.by || record.Train.Samples != c.trained {
				t.Fatalf("got %+v, %v, want a choice by %s and %d samples trained on", record, err, c.by, c.trained)
			}
			if v := record.Validation; (v == nil) != (c.valid == 0) || v != nil && v.Samples != c.valid {
				t.Errorf("got validation %+v, want %d samples", v, c.valid)
			}
			if got := exists(filepath.Join(dir, out, runs.BestFile)); got != (c.by != runs.ByNothing) {
				t.Errorf("%s is there: %v", runs.BestFile, got)
			}
			again := mnist(t, dir, "--resume", out, "--epochs", "3", "--quiet")
			if again.code != exitOK {
				t.Errorf("resume: got %+v", again)
			}
			after, err := runs.ReadRecord(filepath.Join(dir, out))
			if err != nil || after.ChooseBy != c.by || after.Train.SHA256 != record.Train.SHA256 {
				t.Errorf("resumed: got %+v, %v, want what it was", after, err)
			}
		})
	}
}

func TestValidationFlagErrors(t *testing.T) {
	dir, set := t.TempDir(), dataset(t, 20, 28)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--valid", "2.5"}, exitUsage, `--valid: got "2.5", want a number of images, a share`},
		{[]string{"--valid", "-1"}, exitUsage, `--valid: got "-1"`},
		{[]string{"--valid", "20"}, exitFailed, "validation size: got 20 of 20 samples"},
		{[]string{"--valid", "0.01"}, exitFailed, "want at least 1 sample in this part and 1 to train on"},
		{[]string{"--choose-by", "luck"}, exitUsage, "--choose-by"},
		{[]string{"--valid", "none", "--choose-by", "validation"}, exitUsage, "leave out --valid none"},
		{[]string{"--valid", "none", "--patience", "1"}, exitFailed, `patience 1 must choose by something`},
		{[]string{"--patience", "1", "--choose-by", "nothing"}, exitFailed, `want "validation" or "test"`},
	} {
		got := mnist(t, dir, append([]string{"--data", set, "--model", "mlp", "--epochs", "1", "--quiet"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%v: got %+v, want code %d and %s", c.args, got, c.code, c.want)
		}
	}
}

// A study of several settings ranks them by validation, one of a single setting chooses nothing, and --valid none asks
// for no ranking.
func TestCompareHoldsOut(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 120, 28)
	for name, c := range map[string]struct {
		args []string
		by   runs.ChooseBy
		want string
	}{
		"several": {[]string{"--lr", "0.1,0.01"}, runs.ByValidation, "chosen by the validation images"},
		"one":     {nil, runs.ByNothing, ""},
		"none":    {[]string{"--lr", "0.1,0.01", "--valid", "none"}, runs.ByNothing, ""},
		"test":    {[]string{"--lr", "0.1,0.01", "--choose-by", "test"}, runs.ByTest, "chosen by the test images"},
	} {
		got := mnist(t, dir, append([]string{
			"compare", "--data", set, "--model", "mlp", "--schedule", "none", "--seed", "1,2", "--epochs", "1", "--out", name,
		}, c.args...)...)
		if got.code != exitOK || strings.Contains(got.stderr, "best: mlp") != (c.want != "") ||
			!strings.Contains(got.stderr, c.want) {
			t.Fatalf("%s: got %+v\nwant %s", name, got, c.want)
		}
		folders, err := filepath.Glob(filepath.Join(dir, name, "*_seed*"))
		if err != nil || len(folders) < 2 {
			t.Fatalf("%s: got folders %v, %v", name, folders, err)
		}
		hash := ""
		for _, folder := range folders {
			record, err := runs.ReadRecord(folder)
			if err != nil || record.ChooseBy != c.by || hash != "" && hash != record.Train.SHA256 {
				t.Errorf("%s: got %+v, %v, want a choice by %s on the same images", folder, record, err, c.by)
				continue
			}
			hash = record.Train.SHA256
		}
	}
}
