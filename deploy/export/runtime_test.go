package export

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
)

// write puts a network's file into a folder.
func write(t *testing.T, folder string, n network, b []byte, fold bool) string {
	t.Helper()
	path := filepath.Join(folder, fmt.Sprintf("%s-%v.onnx", n.name, fold))
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// The reference implementation's checker and shape inference accept every file.
func TestChecker(t *testing.T) {
	if err := exec.Command("/usr/bin/python3", "-c", "import onnx").Run(); err != nil {
		t.Skip("no python3-onnx: apt-get install python3-onnx")
	}
	args := []string{filepath.Join("testdata", "check.py")}
	folder := t.TempDir()
	for _, n := range networks {
		params := n.parameters(t, tensor.Float32)
		for _, fold := range []bool{false, true} {
			args = append(args, write(t, folder, n, n.onnx(t, params, fold), fold))
		}
	}
	if out, err := exec.Command("/usr/bin/python3", args...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// job is what testdata/run.js is told.
type job struct {
	Model  string `json:"model"`
	Shape  []int  `json:"shape"`
	Input  string `json:"input"`
	Output string `json:"output"`
}

// runtime collects files for ONNX Runtime, with the logits that are wanted.
type runtime struct {
	folder string
	jobs   []job
	want   [][]float32
}

func newRuntime(t *testing.T) *runtime {
	t.Helper()
	const find = `require.resolve("onnxruntime-node", {paths: [process.env.ONNXRUNTIME || "./testdata"]})`
	if err := exec.Command("node", "-e", find).Run(); err != nil {
		t.Skip("no onnxruntime-node: npm ci --ignore-scripts in deploy/export/testdata, or ONNXRUNTIME=the folder of a " +
			"node_modules that has it")
	}
	return &runtime{folder: t.TempDir()}
}

func (r *runtime) add(t *testing.T, model string, x *tensor.Dense, want []float32) {
	t.Helper()
	input := filepath.Join(r.folder, fmt.Sprintf("%d.input", len(r.jobs)))
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, x.Float32s()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(input, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	r.jobs = append(r.jobs, job{model, x.Shape(), input, input + ".logits"})
	r.want = append(r.want, want)
}

// compare runs the files and returns the largest difference of a logit.
func (r *runtime) compare(t *testing.T, tolerance float64) {
	t.Helper()
	jobs, err := json.Marshal(r.jobs)
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command("node", filepath.Join("testdata", "run.js"))
	run.Stdin = bytes.NewReader(jobs)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i, j := range r.jobs {
		b, err := os.ReadFile(j.Output)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != 4*len(r.want[i]) {
			t.Errorf("%s: %d logits, want %d", filepath.Base(j.Model), len(b)/4, len(r.want[i]))
			continue
		}
		largest, size := 0.0, 0.0
		for k, want := range r.want[i] {
			got := math.Float32frombits(binary.LittleEndian.Uint32(b[4*k:]))
			largest = math.Max(largest, math.Abs(float64(got)-float64(want)))
			size = math.Max(size, math.Abs(float64(want)))
		}
		t.Logf("%s: %d logits up to %.3g, largest difference %.3g", filepath.Base(j.Model), len(r.want[i]), size, largest)
		if !(largest <= tolerance) {
			t.Errorf("%s: largest difference %v, want at most %v", filepath.Base(j.Model), largest, tolerance)
		}
	}
}

// ONNX Runtime has our logits, at more than one batch size.
func TestRuntime(t *testing.T) {
	r := newRuntime(t)
	for _, n := range networks {
		params := n.parameters(t, tensor.Float32)
		for _, fold := range []bool{false, true} {
			path := write(t, r.folder, n, n.onnx(t, params, fold), fold)
			for _, batch := range []int{1, 5} {
				x := n.inputs(batch)
				r.add(t, path, x, logits(t, n.draw, params, x, false))
			}
		}
	}
	r.compare(t, 1e-4)
}

// The same on 1,000 images of MNIST's test set, for networks that have been trained a little.
func TestRuntimeMNIST(t *testing.T) {
	r := newRuntime(t)
	mnist, err := data.Load(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range networks[:4] {
		params := n.parameters(t, tensor.Float32)
		n.train(t, params, mnist.Train)
		x, _ := n.images(t, mnist.Test, 0, 1000)
		want := logits(t, n.draw, params, x, false)
		for _, fold := range []bool{false, true} {
			r.add(t, write(t, r.folder, n, n.onnx(t, params, fold), fold), x, want)
		}
	}
	r.compare(t, 1e-4)
}

// images returns count images, beginning with the one at first, and their labels.
func (n network) images(t *testing.T, set *data.Images, first, count int) (*tensor.Dense, []int32) {
	t.Helper()
	x, labels := make([]float32, count*28*28), make([]int32, count)
	for i := range labels {
		var err error
		if labels[i], err = set.Read(first+i, x[i*28*28:(i+1)*28*28]); err != nil {
			t.Fatal(err)
		}
	}
	return tensor.New(tensor.WithShape(append([]int{count}, n.sample...)...), tensor.WithBacking(x)), labels
}

// train takes 40 plain steps of gradient descent at rate 0.1.
func (n network) train(t *testing.T, params *graph.Params, set *data.Images) {
	t.Helper()
	const batch = 64
	p, err := graph.Compile(n.draw, params,
		graph.Config{Mode: graph.Train, Shape: append([]int{batch}, n.sample...), Fuse: true})
	if err != nil {
		t.Fatal(err)
	}
	for step := range 40 {
		x, labels := n.images(t, set, batch*step, batch)
		if err := p.Run(x, labels); err != nil {
			t.Fatal(err)
		}
		for _, g := range p.Gradients() {
			grad, err := g.Grad()
			if err != nil {
				t.Fatal(err)
			}
			w := g.Value().Data().([]float32)
			for i, d := range grad.Data().([]float32) {
				w[i] -= 0.1 * d
			}
		}
	}
}
