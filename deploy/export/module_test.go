package export

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/internal/moduletest"
)

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
	out := moduletest.Run(t, filepath.Join("testdata", "groupnorm"), filepath.Join("..", ".."))
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
