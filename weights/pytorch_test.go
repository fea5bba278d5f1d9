package weights_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/stream"
	"anneal/models"
	"anneal/weights"
)

// TestPyTorchTakesOurFilesAndWeTakeIts compares logits, both ways.
func TestPyTorchTakesOurFilesAndWeTakeIts(t *testing.T) {
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import torch").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		t.Skip("no python3 with PyTorch: apt-get install python3-torch")
	}
	const n = 50
	dir := t.TempDir()
	ours, images := filepath.Join(dir, "final.safetensors"), filepath.Join(dir, "x")
	answers, own := filepath.Join(dir, "logits.json"), filepath.Join(dir, "own.pt")

	params := graph.NewParams(11, tensor.Float32)
	config := graph.Config{Mode: graph.Eval, Shape: tensor.Shape{n, 1, 28, 28}, Fuse: true}
	program, err := graph.Compile(models.LeNetBN, params, config)
	if err != nil {
		t.Fatal(err)
	}
	random := stream.New(1, "test")
	for _, p := range params.All() {
		if p.Kind() == graph.Buffer || p.Kind() == graph.NormWeight || p.Kind() == graph.NormBias {
			for i := range p.Value().Float32s() {
				p.Value().Float32s()[i] = 0.2 + random.Float32()
			}
		}
	}
	if err := weights.Save(ours, params); err != nil {
		t.Fatal(err)
	}
	x := tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(n, 1, 28, 28))
	var content []byte
	for i := range x.Float32s() {
		x.Float32s()[i] = float32(random.NormFloat64())
		content = binary.LittleEndian.AppendUint32(content, math.Float32bits(x.Float32s()[i]))
	}
	if err := os.WriteFile(images, content, 0o666); err != nil {
		t.Fatal(err)
	}
	script := exec.CommandContext(t.Context(), python, "testdata/logits.py", ours, images, answers, own)
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var want struct{ Theirs, Own [][]float64 }
	result, err := os.ReadFile(answers)
	if err == nil {
		err = json.Unmarshal(result, &want)
	}
	if err != nil {
		t.Fatal(err)
	}

	compare := func(what string, want [][]float64) {
		t.Helper()
		if err := program.Run(x, nil); err != nil {
			t.Fatal(err)
		}
		largest := 0.0
		for i, got := range program.Logits().Float32s() {
			largest = max(largest, math.Abs(float64(got)-want[i/10][i%10]))
		}
		if !(largest <= 1e-5) || len(want) != n {
			t.Errorf("%s: PyTorch's logits are %g away", what, largest)
		}
		t.Logf("%s: largest difference of logits %.2g", what, largest)
	}
	compare("our file", want.Theirs)
	if err := weights.Load(own, params); err != nil {
		t.Fatal(err)
	}
	compare("PyTorch's file", want.Own)
}
