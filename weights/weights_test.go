package weights_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/safetensors"
	"anneal/weights"
)

func normed(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.ReLU(b.BatchNorm("bn", b.Linear("fc1", b.Flatten(x), 8)))
	return b.Linear("fc2", b.Dropout("drop", h, 0.2), 3)
}

// compiled returns the parameters of the model normed.
func compiled(t *testing.T, seed uint64, dtype tensor.Dtype) *graph.Params {
	t.Helper()
	p := graph.NewParams(seed, dtype)
	if _, err := graph.Compile(normed, p, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 4, 4}}); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSaveThenLoad(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		path := filepath.Join(t.TempDir(), "w.safetensors")
		from, to := compiled(t, 1, dtype), compiled(t, 2, dtype)
		from.Lookup("bn.num_batches_tracked").Value().Int64s()[0] = 1 << 40
		if err := weights.Save(path, from); err != nil {
			t.Fatal(err)
		}
		if err := weights.Load(path, to); err != nil {
			t.Fatal(err)
		}
		for i, p := range from.All() {
			if got := to.All()[i].Value(); !slices.Equal(bits(got), bits(p.Value())) {
				t.Errorf("%s: got %v, want %v", p.Name(), got, p.Value())
			}
		}
		f, err := safetensors.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if c, _ := f.Lookup("bn.num_batches_tracked"); c.DType != safetensors.I64 || len(c.Shape) != 0 {
			t.Errorf("the counter is %s %v in the file, want the scalar that PyTorch has", c.DType, c.Shape)
		}
	}
}

// bits returns a tensor's numbers; none of them is too large for a float64.
func bits(v *tensor.Dense) []float64 {
	var all []float64
	switch data := v.Data().(type) {
	case []float32:
		for _, x := range data {
			all = append(all, float64(x))
		}
	case []float64:
		all = data
	case []int64:
		for _, x := range data {
			all = append(all, float64(x))
		}
	}
	return all
}

func TestLoadConvertsFloats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	from, to := compiled(t, 1, tensor.Float64), compiled(t, 2, tensor.Float32)
	if err := weights.Save(path, from); err != nil {
		t.Fatal(err)
	}
	if err := weights.Load(path, to); err != nil {
		t.Fatal(err)
	}
	want := from.Lookup("fc1.weight").Value().Float64s()
	for i, got := range to.Lookup("fc1.weight").Value().Float32s() {
		if got != float32(want[i]) {
			t.Fatalf("element %d: got %v, want %v", i, got, want[i])
		}
	}
}

func TestLoadListsAllThatDiffers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	params := compiled(t, 1, tensor.Float32)
	if err := weights.Save(path, params); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Metadata = nil // the checksum is in there
	for i, w := range f.Tensors {
		switch w.Name {
		case "fc1.weight":
			f.Tensors[i].Shape = []int{16, 8}
		case "fc1.bias":
			f.Tensors[i] = safetensors.Tensor{Name: w.Name, DType: safetensors.C64, Shape: w.Shape, Data: make([]byte, 64)}
		case "bn.weight":
			f.Tensors[i].Name = "gamma"
		case "bn.num_batches_tracked":
			f.Tensors[i] = safetensors.Float32(w.Name, nil, []float32{1e30})
		case "fc2.bias":
			f.Tensors[i] = safetensors.Float64(w.Name, w.Shape, []float64{1e300, 0, 0})
		}
	}
	if err := safetensors.Write(path, f); err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(params.Lookup("fc2.weight").Value().Float32s())
	err = weights.Load(path, params)
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Fatalf("got error %v, want one in one line", err)
	}
	for _, want := range []string{
		path, "fc1.weight has shape [16 8], want [8 16]", "fc1.bias has type C64, want", "bn.weight [8] is missing",
		"gamma [8] is not in the model",
		"bn.num_batches_tracked: got 1", "want a number that int64 can hold", "1e+300",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s in it", err, want)
		}
	}
	if !slices.Equal(before, params.Lookup("fc2.weight").Value().Float32s()) {
		t.Error("a file that does not fit changed the parameters")
	}
}

// A state dict of PyTorch's DataParallel, and a file of nothing.
func TestLoadOtherNames(t *testing.T) {
	params := compiled(t, 1, tensor.Float32)
	f := new(safetensors.File)
	for _, want := range []string{
		"does not fit the model: fc1.weight",
		`does not fit the model (names read without "module."): fc1.weight has shape [1]`,
	} {
		path := filepath.Join(t.TempDir(), "w.safetensors")
		if err := safetensors.Write(path, f); err != nil {
			t.Fatal(err)
		}
		if err := weights.Load(path, params); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s in it", err, want)
		}
		f.Tensors = append(f.Tensors, safetensors.Float32("module.fc1.weight", []int{1}, []float32{1}))
	}
}
