package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// It tells the shapes apart, and names a file that is no picture.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := draw(dir, 100); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run(t.Context(), &out, dir, 6); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var loss, right float64
	if _, err := fmt.Sscanf(lines[len(lines)-1], "epoch  6: test loss %f, %f%% right", &loss, &right); err != nil {
		t.Fatalf("%v in\n%s", err, &out)
	}
	if lines[0] != "300 pictures of circle, cross, square" || !(right > 80) {
		t.Errorf("it prints\n%s", &out)
	}
	bad := filepath.Join(dir, "cross", "007.png")
	if err := os.WriteFile(bad, []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), &out, dir, 1); err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("a broken file: error %v", err)
	}
}
