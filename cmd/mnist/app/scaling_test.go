package app

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

// TestScaling wants the factor in the log and in config.json, the recipe's batch as the reference, and a study whose
// cells each have the factor of their own batch.
func TestScaling(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, small := t.TempDir(), dataset(t, 160, 28)
	run := func(args ...string) outcome {
		t.Helper()
		got := mnist(t, dir, append(args, "--data", small, "--model", "mlp")...)
		if got.code != 0 {
			t.Fatalf("%q: got %+v", args, got)
		}
		return got
	}
	record := func(folder string) (r runs.Record) {
		t.Helper()
		if err := json.Unmarshal(content(t, dir, folder, runs.ConfigFile), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	plain := run("--epochs", "2", "--batch", "32", "--accumulate", "8", "--out", "plain")
	want := "warning: an update holds 256 samples, 4 times the 64 that the learning rate was chosen for"
	if !strings.Contains(plain.stderr, want) || record("plain").ReferenceBatch != 0 {
		t.Errorf("got log\n%s\nwant %s, and no reference in config.json", plain.stderr, want)
	}
	for _, c := range []struct {
		args      []string
		log       string
		reference int
	}{
		{
			[]string{"--epochs", "1", "--batch", "16", "--accumulate", "2", "--scale-lr", "sqrt", "--out", "root"},
			"32 samples per update, reference 64: learning rates multiplied by 0.707107 (sqrt)\n", 64,
		},
		{
			[]string{"--recipe", "fast", "--batch", "32", "--scale-lr", "linear", "--reference-batch", "16", "--out", "given"},
			"32 samples per update, reference 16: learning rates multiplied by 2 (linear)\n", 16,
		},
	} {
		got, r := run(c.args...), record(c.args[len(c.args)-1])
		if !strings.Contains(got.stderr, c.log) || r.ReferenceBatch != c.reference {
			t.Errorf("%q: got reference %d and log\n%s\nwant %d and %s",
				c.args, r.ReferenceBatch, got.stderr, c.reference, c.log)
		}
	}
	resumed := mnist(t, dir, "--resume", "root", "--epochs", "2")
	want = "learning rates multiplied by 0.707107 (sqrt)\n"
	if resumed.code != 0 || !strings.Contains(resumed.stderr, want) {
		t.Errorf("got %+v, want %s", resumed, want)
	}
	run("compare", "--batch", "16,80", "--seed", "1", "--epochs", "1", "--scale-lr", "linear", "--out", "study")
	for folder, want := range map[string]string{"batch16": `"lr":[0.025]`, "batch80": `"lr":[0.125]`} {
		name := ""
		matches, err := filepath.Glob(filepath.Join(dir, "study", "*"+folder+"*", runs.MetricsFile))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range matches {
			name = path
		}
		if got := string(content(t, name)); !strings.Contains(got, want) {
			t.Errorf("%s: got metrics\n%s\nwant %s", folder, got, want)
		}
	}
}

// TestScheduleScaling prints the rates that a run with these flags would have.
func TestScheduleScaling(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	got := mnist(t, t.TempDir(), "schedule", "WarmupLR(OneCycleLR(0.1, 4, cycle_momentum=False), 2, 0.25)", "--count", "3",
		"--scale-lr", "linear", "--batch", "128", "--accumulate", "2")
	const log = "256 images per update, reference 64: learning rates multiplied by 4 (linear)\n"
	if want := "count   rate\n    0  0.004\n    1   0.01\n    2  0.016\n"; got.code != 0 || got.stderr != log ||
		got.stdout != want {
		t.Errorf("got %+v, want %s%s", got, log, want)
	}
	for _, c := range []struct{ args, want string }{
		{"--batch 128", "--batch, --accumulate and --reference-batch need --scale-lr, linear or sqrt"},
		{"--scale-lr cubic", "--scale-lr"},
		{"--scale-lr linear --batch 0", `--batch: got "0", want a whole number of at least 1`},
	} {
		got := mnist(t, t.TempDir(), append([]string{"schedule", "none"}, strings.Fields(c.args)...)...)
		if got.code == 0 || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%s: got %+v, want %s", c.args, got, c.want)
		}
	}
}
