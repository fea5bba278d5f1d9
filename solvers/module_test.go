package solvers_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// Algorithms that another module has are trained with, recorded and resumed as ours are.
func TestAlgorithmsOfAnotherModule(t *testing.T) {
	longtest.SkipIfShort(t, "builds a module")
	longtest.SkipIfRace(t, "builds a module")
	module := t.TempDir()
	if err := os.CopyFS(module, os.DirFS(filepath.Join("testdata", "own"))); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod := "module example.com/own\n\nrequire anneal v0.0.0\n\nreplace anneal => " + root + "\n" + requirements(t, root)
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": mod, "go.sum": string(sum)} {
		if err := os.WriteFile(filepath.Join(module, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	test := exec.Command("go", "test", "-mod=mod", ".")
	test.Dir, test.Env = module, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := test.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// requirements returns this module's go.mod without its name and its tools.
func requirements(t *testing.T, root string) string {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	inTools := false
	for line := range strings.Lines(string(mod)) {
		inTools = inTools || strings.HasPrefix(line, "tool (")
		if !inTools && !strings.HasPrefix(line, "module ") && !strings.HasPrefix(line, "tool ") {
			kept = append(kept, line)
		}
		inTools = inTools && !strings.HasPrefix(line, ")")
	}
	return strings.Join(kept, "")
}

// docs/development.md shows the Signum of the test above.
func TestDevelopmentShowsSignum(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("testdata", "own", "signum.go"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "development.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(source), "// Signum")
	code, _, _ = strings.Cut(code, "\n// Normalised")
	if !strings.Contains(string(page), strings.TrimSpace(code)) {
		t.Error("docs/development.md has another Signum than testdata/own/signum.go")
	}
}
