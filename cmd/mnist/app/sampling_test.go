package app

import (
	"strings"
	"testing"
)

// A run with a fraction of the images, balanced samples and class weights records them, and a resumed one finds them in
// its record.
func TestSamplingFlags(t *testing.T) {
	dir := t.TempDir()
	first := []string{
		"--data", dataset(t, 200, 28), "--train-limit", "150", "--model", "mlp-bn", "--batch", "10", "--epochs", "2",
		"--valid", "50", "--train-fraction", "0.4", "--sample", "balanced", "--class-weights", "balanced", "--out", "run",
		"--quiet",
	}
	for _, args := range [][]string{first, {"--resume", "run", "--epochs", "3", "--quiet"}} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Fatalf("%v: got %+v", args, got)
		}
	}
	config := string(content(t, dir, "run", "config.json"))
	for _, want := range []string{
		`"train_fraction": 0.4`, `"fraction_of": 100`, `"sample": "balanced"`, `"class_weights": "balanced"`, `"samples": 40`,
	} {
		if !strings.Contains(config, want) {
			t.Errorf("got %s, want %s", config, want)
		}
	}
	if lines := string(content(t, dir, "run", "metrics.jsonl")); !strings.Contains(lines, `"epoch":3,"step":12`) {
		t.Errorf("got %s, want four steps per epoch", lines)
	}
	if got := mnist(t, dir, "--class-weights", "1,2", "--data", dataset(t, 100, 28), "--out", "x"); got.code == exitOK ||
		!strings.Contains(got.stderr, "class weights: got 2 numbers, want") {
		t.Errorf("two class weights: got %+v", got)
	}
}
