// Package moduletest runs tests that are a module of their own, as a user's are: they cannot import what is internal.
package moduletest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Run runs the tests in a folder of testdata as a module that requires the one at root, with root's versions of all
// others, and returns the folder of what they wrote, which is in their environment as OUT. It needs no network.
func Run(t *testing.T, folder, root string) (out string) {
	t.Helper()
	root, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	module, out := t.TempDir(), t.TempDir()
	if err := os.CopyFS(module, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(withoutTools(string(mod)), "module anneal\n", "module example.com/user\n", 1)
	text += "\nrequire anneal v0.0.0\n\nreplace anneal => " + root + "\n"
	for file, b := range map[string][]byte{"go.mod": []byte(text), "go.sum": sum} {
		if err := os.WriteFile(filepath.Join(module, file), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	test := exec.Command("go", "test", "-mod=mod", "-count=1", ".")
	test.Dir = module
	test.Env = append(os.Environ(), "OUT="+out, "GOFLAGS=", "GOWORK=off")
	if text, err := test.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

// withoutTools returns a go.mod without its tools, which would have to be in go.sum.
func withoutTools(text string) string {
	at := strings.Index(text, "\ntool ")
	if at < 0 {
		return text
	}
	end := strings.IndexAny(text[at+1:], ")\n")
	if strings.HasPrefix(text[at:], "\ntool (") {
		end = strings.Index(text[at+1:], ")")
	}
	return text[:at+1] + text[at+2+end:]
}
