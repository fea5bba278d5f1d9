package app

import (
	"encoding/json"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

func TestTuning(t *testing.T) {
	dir := t.TempDir()
	got := mnist(t, dir, "--data", dataset(t, 20, 28), "--epochs", "2", "--batch", "10", "--out", "run",
		"--schedule", "StepLR(1, 0.1)",
		"--group", "conv*: lr=0.5, weight_decay=1e-4", "--group", "*_bn.*: weight_decay=0, schedule=ExponentialLR(0.5)",
		"--freeze", "conv1.*", "--freeze", "fc2.bias", "--layer-decay", "0.8", "--no-decay-norm-bias",
		"--clip-value", "3", "--clip-norm", "5")
	if got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	for _, want := range []string{
		"group 0, other parameters: 3 tensors, lr 0.1, by layer down to 0.08\n",
		"group 1, conv*: 2 tensors, lr 0.05, by layer down to 0.0256\n",
		"group 2, *_bn.*: 4 tensors, lr 0.1, by layer down to 0.04096\n",
		"frozen: conv1.weight conv1.bias fc2.bias\n",
		"lr 0.01 0.005 0.05, ",
	} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("got log\n%s\nwant %s in it", got.stderr, want)
		}
	}
	var record runs.Record
	if err := json.Unmarshal(content(t, dir, "run", "config.json"), &record); err != nil {
		t.Fatal(err)
	}
	if r := record.Tuning; len(r.Groups) != 2 || len(r.Freeze) != 2 || r.LayerDecay != 0.8 || !r.WeightOnly ||
		r.ClipValue != 3 || r.ClipNorm != 5 {
		t.Errorf("config.json has %+v", r)
	}
	if !strings.Contains(string(content(t, dir, "run", "metrics.jsonl")),
		`"lr":[0.010000000000000002,0.005000000000000001,0.05]`) {
		t.Errorf("got metrics\n%s", content(t, dir, "run", "metrics.jsonl"))
	}
}

func TestTuningErrors(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program dozens of times")
	for _, c := range []struct{ flag, value, want string }{
		{"--group", "conv*", "a colon"},
		{"--group", "conv*: rate=0.5", "column 8"},
		{"--group", "conv*: schedule=StepRL(5)", `"StepRL"`},
		{"--layer-decay", "0", `got "0", want a number above 0 and at most 1`},
		{"--layer-decay", "1.5", `got "1.5", want`},
		{"--clip-norm", "-1", `got "-1", want a finite number above 0`},
		{"--clip-value", "Inf", `got "Inf", want`},
		{"--label-smoothing", "1", `got "1", want a number of at least 0 and below 1`},
		{"--ema", "1", `got "1", want a number above 0 and below 1`},
		{"--ema", "0", `got "0", want`},
		{"--swa", "0", `got "0", want a whole number of at least 1`},
		{"--swa", "0.9", `got "0.9", want a whole number of at least 1`},
		{"--swa", "11", "--swa=11: want an epoch of the run, from 1 to 10"},
		{"--swa=3", "--epochs=2", "--swa=3: want an epoch of the run, from 1 to 2"},
		{"--patience", "0", `got "0", want a whole number of at least 1`},
		{"--min-delta", "-1", `got "-1", want a finite number of at least 0`},
		{"--accumulate", "0", `got "0", want a whole number of at least 1`},
	} {
		got := mnist(t, t.TempDir(), c.flag, c.value)
		if got.code != exitUsage || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, c.flag) ||
			!strings.Contains(got.stderr, c.want) {
			t.Errorf("%s %s: got %+v, want %s", c.flag, c.value, got, c.want)
		}
	}
}

func TestOddScheduleIsWarnedOf(t *testing.T) {
	got := mnist(t, t.TempDir(), "--data", dataset(t, 20, 28), "--model", "mlp", "--epochs", "2",
		"--schedule", "StepLR(30)", "--quiet")
	if want := "warning: StepLR(step_size=30): never changes the rate in the 2 epochs of the run\n"; got.code != 0 ||
		got.stderr != want {
		t.Errorf("got %+v, want %s", got, want)
	}
}
