package bounded

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"anneal/internal/limittest"
	"anneal/internal/memory"
)

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	for _, c := range []struct {
		content string
		want    string // of the error
	}{{"", ""}, {"12345678", ""}, {"123456789", "file: got more than 8 bytes, want a file of at most that"}} {
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(string, int64) ([]byte, error){"ReadFile": ReadFile, "ReadNamed": ReadNamed} {
			got, err := read(path, 8)
			if c.want == "" && (err != nil || string(got) != c.content) ||
				c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want)) {
				t.Errorf("%s of %q: got %q, %v, want %q", name, c.content, got, err, c.want)
			}
		}
	}
	if _, err := ReadFile(dir, 8); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := ReadFile(filepath.Join(dir, "absent"), 8); !os.IsNotExist(err) {
		t.Errorf("no file: got %v", err)
	}
}

// A file that never ends, or that is larger than it could be, is an error before it is read.
func TestBombs(t *testing.T) {
	hole := filepath.Join(t.TempDir(), "hole")
	if err := os.WriteFile(hole, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(hole, 1<<40); err != nil {
		t.Skip(err)
	}
	limittest.Small.Run(t, "a hole of 1 TB", func() {
		if _, err := ReadFile(hole, 1<<20); err == nil || !strings.Contains(err.Error(), "got more than 1048576 bytes") {
			t.Errorf("got %v", err)
		}
		if runtime.GOOS == "linux" {
			if _, err := ReadFile(hole, Most); err == nil || !strings.Contains(err.Error(), "MB of memory") {
				t.Errorf("got %v, want that there is no memory for it", err)
			}
		}
	})
	const zero = "/dev/zero"
	if _, err := os.Stat(zero); err != nil {
		t.Skip(err)
	}
	limittest.Small.Run(t, zero, func() {
		if _, err := ReadFile(zero, 1<<20); err == nil || !strings.Contains(err.Error(), "want a regular file") {
			t.Errorf("got %v", err)
		}
		if _, err := ReadNamed(zero, 1<<20); err == nil || !strings.Contains(err.Error(), "got more than 1048576 bytes") {
			t.Errorf("got %v", err)
		}
	})
	if memory.Total() == 0 {
		t.Skip("the system does not say how much memory there is")
	}
	debug.FreeOSMemory() // what is freed later is left, too
	owner := new([64]byte)
	defer memory.Claim(owner, memory.Left()-8<<20)()
	defer runtime.KeepAlive(owner)
	limittest.Small.Run(t, zero+" without a limit", func() {
		if _, err := ReadNamed(zero, Most); err == nil || !strings.Contains(err.Error(), "got more than") {
			t.Errorf("got %v", err)
		}
	})
}

var (
	whole   = regexp.MustCompile(`\b(os|fs)\.ReadFile\(|\bio\.ReadAll\(`)
	limited = regexp.MustCompile(`io\.ReadAll\((io\.LimitReader|io\.NewSectionReader|http\.MaxBytesReader)\(`)
)

// unbounded lists the files that read without a limit what is none of a user's, and why that is safe.
var unbounded = map[string]string{
	"deploy/serve/form.go":                  "parts of a body in memory, which is bounded",
	"internal/lease/process_linux.go":       "files of the kernel",
	"internal/limittest/limittest.go":       "for tests",
	"internal/limittest/limittest_linux.go": "for tests",
	"internal/kernels/kerneltest/torch.go":  "for tests",
	"internal/memory/memory_linux.go":       "files of the kernel",
	"internal/moduletest/moduletest.go":     "for tests",
	"cmd/mnist/app/bench.go":                "a file of the kernel",
	"view/live/page.go":                     "files in the program",
	"view/play/page.go":                     "files in the program",
	"view/play/export.go":                   "files in the program",
	"view/play/build.go":                    "files of Go's installation",
	"view/report/reporttest/reporttest.go":  "pages that a test has made",
}

// TestReaders finds code that reads a file whole whatever its size: a file may be made by a stranger, be a device, or
// be damaged.
func TestReaders(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		hidden := d != nil && len(d.Name()) > 2 && strings.ContainsAny(d.Name()[:1], "._")
		if err != nil || d.IsDir() && (hidden || d.Name() == "testdata") {
			return cmp.Or(err, fs.SkipDir)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
		for i, line := range strings.Split(string(content), "\n") {
			if !whole.MatchString(line) || limited.MatchString(line) {
				continue
			}
			found[name] = true
			if unbounded[name] == "" {
				t.Errorf("%s:%d reads without a limit: use bounded.ReadFile, bounded.ReadNamed or io.LimitReader", name, i+1)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range unbounded {
		if !found[name] {
			t.Errorf("%s is in the list, but bounds what it reads", name)
		}
	}
}
