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
)

// TestTargets finds fuzz targets without limits. A fuzzer does not see a slow or greedy input by itself.
func TestTargets(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2 {
			return cmp.Or(err, fs.SkipDir)
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		for _, match := range target.FindAllSubmatch(content, -1) {
			found++
			if !held.Match(match[0]) {
				t.Errorf("%s: %s has no limits: call what it tests in limittest.Small.Run", path, match[1])
			}
		}
		return err
	})
	if err != nil || found < 30 {
		t.Errorf("found %d targets, %v", found, err)
	}
}
