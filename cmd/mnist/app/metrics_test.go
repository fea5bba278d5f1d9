package app

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

// Metrics of the command line are measured, chosen by, recorded and kept by a run that resumes; eval prints them.
func TestMetricsFlags(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 120, 28)
	got := mnist(t, dir, "--data", set, "--model", "mlp", "--epochs", "2", "--out", "run",
		"--metrics", "f1, top(3)", "--metrics", "ece", "--best", "top(3)")
	if got.code != exitOK || !strings.Contains(got.stderr, "best validation top(k=3) ") {
		t.Fatalf("got %+v", got)
	}
	if again := mnist(t, dir, "--resume", "run", "--epochs", "3", "--quiet"); again.code != exitOK {
		t.Fatalf("resume: got %+v", again)
	}
	run, err := runs.Read(filepath.Join(dir, "run"))
	if err != nil || run.Record.Metrics != "f1, top(k=3), ece" || run.Record.Best != "top(k=3)" || len(run.Epochs) != 3 {
		t.Fatalf("got %+v, %v", run, err)
	}
	last := run.Epochs[2]
	if len(last.Metrics) != 3 || last.Metrics[2].Name != "ece" || last.Metrics[1].Validation == nil {
		t.Fatalf("got %+v", last.Metrics)
	}
	eval := []string{"eval", "--init", "run/final.safetensors", "--data", set, "--quiet", "--metrics", "top(k=3)"}
	if got := mnist(t, dir, eval...); got.code != exitOK || !strings.Contains(got.stdout, "\ntest top(k=3) ") {
		t.Errorf("got %+v", got)
	}
	got = mnist(t, dir, append(eval, "--format", "json")...)
	var record evaluationRecord
	if err := json.Unmarshal([]byte(got.stdout), &record); err != nil || len(record.Metrics) != 1 ||
		record.Metrics[0].Test == nil || *record.Metrics[0].Test != *last.Metrics[1].Test || !record.Metrics[0].Larger {
		t.Errorf("got %s, %v, want the top(k=3) of the last epoch: %+v", got.stdout, err, last.Metrics)
	}
}

// A study compares its settings by the metric that --best names.
func TestCompareByMetric(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	got := mnist(t, t.TempDir(), "compare", "--data", dataset(t, 120, 28), "--model", "mlp", "--schedule", "none",
		"--lr", "0.1,0.0001", "--seed", "1", "--epochs", "2", "--metrics", "perplexity", "--best", "perplexity",
		"--out", "study")
	if got.code != exitOK || !strings.Contains(got.stdout, "validation perplexity") ||
		!strings.Contains(got.stderr, "lr 0.1, batch 64: validation perplexity ") {
		t.Errorf("got %+v", got)
	}
}

func TestMetricsFlagErrors(t *testing.T) {
	dir, set := t.TempDir(), dataset(t, 20, 28)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--best", "f1"}, exitUsage, "--best f1 needs --metrics 'f1'"},
		{[]string{"--best", "luck"}, exitUsage, `--best: got "luck", want accuracy, loss or the name of one of --metrics`},
		{
			[]string{"--best", "f1", "--metrics", "ece,top(3)"},
			exitUsage,
			`--best: got "f1", want accuracy, loss or one of --metrics: ece, top(k=3)`,
		},
		{[]string{"--metrics", "f3"}, exitUsage, `--metrics: metric "f3": column 1: there is no metric "f3"`},
		{[]string{"--metrics", "f1,f1"}, exitUsage, "f1 is there twice: want it once"},
		{[]string{"--metrics", "mae"}, exitFailed, "mae: got no target"},
	} {
		got := mnist(t, dir, append([]string{"--data", set, "--model", "mlp", "--epochs", "1", "--quiet"}, c.args...)...)
		if got.code != c.code || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%v: got %+v, want code %d and %s", c.args, got, c.code, c.want)
		}
	}
}
