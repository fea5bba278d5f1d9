package export

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// testModule runs the tests of a folder of testdata as a module of its own, which uses this one, and returns the folder
// of what they wrote.
func testModule(t *testing.T, name string) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	module, out := t.TempDir(), t.TempDir()
	if err := os.CopyFS(module, os.DirFS(filepath.Join("testdata", name))); err != nil {
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
	text := strings.Replace(string(mod), "module anneal\n", "module example.com/"+name+"\n", 1)
	if at := strings.Index(text, "\ntool "); at >= 0 {
		end := strings.IndexAny(text[at+1:], ")\n")
		if strings.HasPrefix(text[at:], "\ntool (") {
			end = strings.Index(text[at+1:], ")")
		}
		text = text[:at+1] + text[at+2+end:]
	}
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

// An op that another module writes, in at most 40 lines, trains, runs with and without the machine, has the right
// gradients, and is exported so that ONNX Runtime computes the same.
func TestOpOfAnotherModule(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("testdata", "groupnorm", "norm.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(source), "func GroupNorm")
	lines := 0
	for line := range strings.Lines("func GroupNorm" + code) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			lines++
		}
	}
	if lines > 40 {
		t.Errorf("it takes %d lines, want at most 40", lines)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "development.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "func GroupNorm"+code) {
		t.Error("docs/development.md has another GroupNorm than testdata/groupnorm/norm.go")
	}
	out := testModule(t, "groupnorm")
	r := newRuntime(t)
	raw := map[string][]float32{"x": make([]float32, 32*2*64), "logits": make([]float32, 32*4)}
	for name, v := range raw {
		b, err := os.ReadFile(filepath.Join(out, name))
		if err == nil {
			err = binary.Read(bytes.NewReader(b), binary.LittleEndian, v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	x := tensor.New(tensor.WithShape(32, 2, 8, 8), tensor.WithBacking(raw["x"]))
	r.add(t, filepath.Join(out, "groupnorm.onnx"), x, raw["logits"])
	r.compare(t, 1e-5)
}
