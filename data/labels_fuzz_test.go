package data

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// A file of names that is a hole of a terabyte is an error that takes no memory.
func TestNamesBomb(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "labels.txt")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skip(err)
	}
	limittest.Limits{Bytes: 1 << 20, Time: time.Second}.Run(t, "labels.txt", func() {
		if _, err := ClassNames(dir, 1); err == nil || !strings.Contains(err.Error(), "want a file of at most") {
			t.Errorf("got %v", err)
		}
	})
}

func FuzzNames(f *testing.F) {
	for _, text := range []string{"", "cat\ndog\n", "\ufeffa\r\nb", "a\n\nb", "\n"} {
		f.Add(text)
	}
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, text string) {
		limits.Run(t, "names", func() {
			names, err := parseNames(text)
			limittest.OneLine(t, err)
			for _, name := range names {
				if err == nil && (name == "" || strings.TrimSpace(name) != name || strings.Contains(name, "\n")) {
					t.Errorf("%q: got the name %q", text, name)
				}
			}
		})
	})
}
