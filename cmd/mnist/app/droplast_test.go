package app

import (
	"strings"
	"testing"
)

// The error for a last batch of one names the flag that leaves it out, and train and compare have the flag. A resumed
// run finds it in its record.
func TestDropLast(t *testing.T) {
	dir := t.TempDir()
	images := []string{"--data", dataset(t, 100, 28), "--train-limit", "65", "--batch", "64", "--epochs", "2", "--quiet"}
	got := mnist(t, dir, append([]string{"--model", "mlp-bn", "--out", "without"}, images...)...)
	if got.code != exitFailed || !strings.Contains(got.stderr, "a last one of 1; drop-last leaves that one out") {
		t.Errorf("without it: got %+v", got)
	}
	find := []string{
		"lrfind", "--model", "mlp-bn", "--data", dataset(t, 65, 28), "--valid", "16", "--batch", "48", "--steps", "5",
		"--try-steps", "3", "--seeds", "1", "--quiet",
	}
	if got := mnist(t, dir, append(find, "--drop-last")...); got.code != exitOK {
		t.Errorf("lrfind --drop-last: got %+v", got)
	}
	images = append(images, "--drop-last")
	for _, args := range [][]string{
		append([]string{"--model", "mlp-bn", "--out", "run"}, images...),
		{"--resume", "run", "--epochs", "3", "--quiet"},
		append([]string{"compare", "--model", "mlp-bn", "--seed", "1", "--out", "study"}, images...),
	} {
		if got := mnist(t, dir, args...); got.code != exitOK {
			t.Errorf("%v: got %+v", args, got)
		}
	}
	if config := content(t, dir, "run", "config.json"); !strings.Contains(string(config), `"drop_last": true`) {
		t.Errorf("got %s", config)
	}
	if lines := string(content(t, dir, "run", "metrics.jsonl")); !strings.Contains(lines, `"epoch":3,"step":3`) {
		t.Errorf("got %s, want a step per epoch", lines)
	}
}
