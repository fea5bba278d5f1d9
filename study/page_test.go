package study

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPage draws a study, and names its runs by what they differ in.
func TestPage(t *testing.T) {
	c := small(t)
	c.Dir = t.TempDir()
	results := run(t, c)
	page, err := results.Page()
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Runs) != 12 || len(page.Tables) != 1 || page.Title != "hidden, hidden-bn: 12 runs compared" {
		t.Errorf("got %q with %d runs and %d tables", page.Title, len(page.Runs), len(page.Tables))
	}
	for i, want := range map[int]string{
		0: "hidden, plateau, lr 0.1",
		1: "hidden, plateau, lr 0.1",
		8: "hidden-bn, adam, lr 0.001",
	} {
		if got := page.Runs[i].Name; got != want {
			t.Errorf("run %d: got %q, want %q", i, got, want)
		}
	}
	path := filepath.Join(c.Dir, "report.html")
	if err := page.Save(path); err != nil {
		t.Fatal(err)
	}
	if text := read(t, path); !strings.Contains(text, "hidden-bn, adam, lr 0.001") {
		t.Errorf("got a page of %d bytes without a run's name", len(text))
	}
	results.Dir = t.TempDir()
	if _, err := results.Page(); err == nil {
		t.Error("runs that are not there: got no error")
	}
	results.Dir = ""
	if _, err := results.Page(); err == nil || !strings.Contains(err.Error(), "want a study with a Dir") {
		t.Errorf("no folder: got %v", err)
	}
}
