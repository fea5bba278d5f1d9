package layering

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// TestLinesAreShort checks that no line of a Go file has more than 120 characters. A tab is one character. Exempt are
// generated files, and what cannot be broken: lines of a raw string and an example's output.
func TestLinesAreShort(t *testing.T) {
	const most = 120
	root, files := filepath.Join("..", ".."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if generated.Match(text) {
			return nil
		}
		number, raw, output := 0, false, false
		for line := range bytes.Lines(text) {
			number++
			within := raw
			raw = raw != (bytes.Count(line, []byte("`"))%2 == 1)
			output = bytes.HasPrefix(bytes.TrimSpace(line), []byte("//")) &&
				(output || bytes.Contains(line, []byte("utput:")))
			if within || raw || output {
				continue
			}
			if n := utf8.RuneCount(bytes.TrimRight(line, "\r\n")); n > most {
				t.Errorf("%s:%d has %d characters: break the line, %d are the most", path, number, n, most)
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("read %d files: %v", files, err)
	}
}
