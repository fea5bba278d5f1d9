package weights

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/limittest"
	"anneal/internal/safetensors"
)

// FuzzLoad reads any bytes under any name. A file that fits sets all parameters; another is an error in one line, and
// leaves them alone.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{
		"../internal/torchfile/testdata/*.pt", "../internal/safetensors/testdata/*.safetensors", "testdata/*.pt",
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add("w.pt", b)
		}
	}
	for _, b := range beginnings {
		f.Add("model.onnx", []byte(b.bytes+"more"))
	}
	f.Add("w", []byte("\x08\x08\x12\x07pytorch\x1a"))
	f.Add("w", []byte("\xef\xbb\xbf<html>"))
	lines := safetensors.Tensor{Name: "fc.weig\nht", DType: safetensors.U8, Shape: []int{1}, Data: []byte{1}}
	b, err := (&safetensors.File{Tensors: []safetensors.Tensor{lines}}).Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("w", b)
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.Flatten(b.BatchNorm("conv_bn", b.Conv2D("conv", x, 2, 3)))
		return b.Linear("fc", h, 3)
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		params := graph.NewParams(1, tensor.Float32)
		if _, err := graph.Compile(model, params, graph.Config{Mode: graph.Eval, Shape: []int{1, 1, 4, 4}}); err != nil {
			t.Fatal(err)
		}
		if kind := foreign(name, content[:min(len(content), headSize)]); strings.ContainsAny(kind, "\n\x1b") {
			t.Errorf("the kind has several lines: %q", kind)
		}
		path := filepath.Join(t.TempDir(), "w")
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
		before := params.Lookup("fc.bias").Value().Clone().(*tensor.Dense)
		var err error
		limittest.Small.Run(t, "weights", func() { err = Load(path, params) })
		limittest.OneLine(t, err)
		if err != nil && !before.Eq(params.Lookup("fc.bias").Value()) {
			t.Errorf("after %v the parameters have changed", err)
		}
		_, err = Inspect(path)
		limittest.OneLine(t, err)
	})
}
