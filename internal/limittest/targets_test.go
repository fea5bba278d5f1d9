package limittest

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	target = regexp.MustCompile(`(?ms)^func (Fuzz\w+)\(.*?^}$`)
	held   = regexp.MustCompile(`(?i)limit\S*(\{.*\})?\.Run\(`)
	reader = regexp.MustCompile(`(?m)^func (\([^)]*\) )?([pP]arse\w*|UnmarshalText)\(|\bjson\.(Unmarshal|NewDecoder)\(`)
)

// wasm runs in the browser of who writes to it.
const wasm = "../../view/play/wasm"

// TestTargets finds fuzz targets without limits, and packages that read texts or JSON and have no target. A fuzzer does
// not see a slow or greedy input by itself. Packages for tests, whose names end in test, read what tests give them.
func TestTargets(t *testing.T) {
	found := 0
	has, reads := map[string]bool{}, map[string]string{} // by folder
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2 {
			return cmp.Or(err, fs.SkipDir)
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		content, err := os.ReadFile(path)
		if !strings.HasSuffix(path, "_test.go") {
			if reader.Match(content) {
				reads[filepath.Dir(path)] = path
			}
			return err
		}
		for _, match := range target.FindAllSubmatch(content, -1) {
			found++
			has[filepath.Dir(path)] = true
			if !held.Match(match[0]) {
				t.Errorf("%s: %s has no limits: call what it tests in limittest.Small.Run", path, match[1])
			}
		}
		return err
	})
	if err != nil || found < 30 {
		t.Errorf("found %d targets, %v", found, err)
	}
	for dir, path := range reads {
		if !has[dir] && !strings.HasSuffix(dir, "test") && filepath.ToSlash(dir) != wasm {
			t.Errorf("%s reads what comes from outside: want a fuzz target in its folder", path)
		}
	}
}
