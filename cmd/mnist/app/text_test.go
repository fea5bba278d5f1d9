package app

import (
	"path/filepath"
	"strings"
	"testing"
)

// A text trains from the command line alone, and its network is evaluated on it again.
func TestText(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "novel.txt"), []byte(strings.Repeat("The quick fox. ", 40)))
	got := mnist(t, dir, "train", "--data=novel.txt?length=6&stride=1", "--model=text-gru", "--epochs=2", "--batch=32",
		"--solver=Adam(lr=0.01)", "--metrics=perplexity", "--out=run")
	if got.code != exitOK || !strings.Contains(got.stderr, "text-gru(classes=13)") ||
		!strings.Contains(got.stderr, "test perplexity") {
		t.Fatalf("got %+v", got)
	}
	got = mnist(t, dir, "eval", "--init=run/final.safetensors")
	if got.code != exitOK || !strings.Contains(got.stdout, "test accuracy 100.00%") {
		t.Errorf("eval: got %+v", got)
	}
	got = mnist(t, dir, "train", "--data=novel.txt", "--epochs=1")
	if got.code != exitFailed || !strings.Contains(got.stderr, "want [N, C, H, W]") {
		t.Errorf("a network of images: got %+v", got)
	}
}
