package train_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/train"
)

// TestEveryFlippedByteIsFound damages each byte of a small checkpoint in turn: every reader of it returns an error.
func TestEveryFlippedByteIsFound(t *testing.T) {
	shape := [3]int{1, 1, 2}
	tiny, err := data.NewMemory(shape, 3, []float32{1, 0}, []int32{2})
	if err != nil {
		t.Fatal(err)
	}
	c := small(t)
	c.Train, c.Test, c.Model, c.Epochs = tiny, tiny, linear, 1
	finished(t)(train.Run(t.Context(), c))
	path := filepath.Join(c.Dir, runs.LastFile)
	good := read(t, path)
	params, err := train.LoadModel(path, linear, shape)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	set := func(i int, b byte) {
		t.Helper()
		if _, err := file.WriteAt([]byte{b}, int64(i)); err != nil {
			t.Fatal(err)
		}
	}
	before := bits(params.Lookup("fc.weight").Value())
	for i := range good {
		for _, flip := range []byte{0x01, 0xff} {
			damaged := good[i] ^ flip
			set(i, damaged)
			if _, err := train.Inspect(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Fatalf("byte %d, %q for %q: Inspect: got %v", i, damaged, good[i], err)
			}
			if err := train.Load(path, params); err == nil {
				t.Fatalf("byte %d, %q for %q: it was loaded", i, damaged, good[i])
			}
			if flip == 1 {
				continue
			}
			if _, err := resume(t.Context(), c); err == nil {
				t.Fatalf("byte %d, %q for %q: a run went on from it", i, damaged, good[i])
			}
		}
		set(i, good[i])
	}
	if now := read(t, path); !bytes.Equal(now, good) {
		t.Fatalf("after all bytes: got %q, want %q", now, good)
	}
	for n := len(good) - 1; n >= 0; n-- {
		if err := file.Truncate(int64(n)); err != nil {
			t.Fatal(err)
		}
		if _, err := train.Inspect(path); err == nil {
			t.Fatalf("the first %d of %d bytes: got no error", n, len(good))
		}
	}
	if after := bits(params.Lookup("fc.weight").Value()); !slices.Equal(before, after) {
		t.Error("a damaged file has changed the parameters")
	}
	put(t, string(good), path)
	finished(t)(resume(t.Context(), c))
}

func TestInspect(t *testing.T) {
	c := small(t)
	c.Name, c.SaveEvery = "normed", 2
	stopAt(t, c, train.Run, 4)
	i, err := train.Inspect(filepath.Join(c.Dir, runs.LastFile))
	if err != nil {
		t.Fatal(err)
	}
	if i.Format != "safetensors" || len(i.Checksum) != 64 || i.Record.Model != "normed" || i.Record.Epochs != 2 || i.Record.Notes != nil ||
		i.Progress.Step != 4 || i.Progress.Epoch != 2 || i.Progress.Batch != 1 || i.Progress.Seen != 4 || i.Progress.Lines != 5 ||
		len(i.Tensors) != 9 || len(i.State) != 2*6 {
		t.Errorf("got %+v, %+v, %+v", i, i.Record, i.Progress)
	}
	params, err := train.LoadModel(filepath.Join(c.Dir, runs.LastFile), normed, [3]int{1, 4, 4})
	if err != nil {
		t.Fatal(err)
	}
	params.Lookup("fc2.bias").Value().Float32s()[1] = float32(math.NaN())
	copy(params.Lookup("bn.bias").Value().Float32s(), []float32{3, -4, 0, 0, 0, 0, 0, 0})
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := train.Save(path, params); err != nil {
		t.Fatal(err)
	}
	if i, err = train.Inspect(path); err != nil || i.Record != nil || i.Progress != nil || len(i.Checksum) != 64 {
		t.Fatalf("got %+v, %v", i, err)
	}
	for _, s := range i.Tensors {
		switch s.Name {
		case "bn.bias":
			if s.Norm != 5 || s.Min != -4 || s.Max != 3 || s.Wrong != 0 || s.Type != "F32" || !slices.Equal(s.Shape, []int{8}) {
				t.Errorf("got %+v", s)
			}
		case "fc2.bias":
			if s.Wrong != 1 || math.IsNaN(s.Max) {
				t.Errorf("got %+v", s)
			}
		}
	}
	if i, err = train.Inspect("../internal/torchfile/testdata/model.pt"); err != nil || i.Format != "PyTorch" || i.Checksum != "" || len(i.Tensors) != 9 {
		t.Errorf("got %+v, %v", i, err)
	}
}

// ptModel is the network in internal/torchfile's model.pt, but for the size of its last layer.
func ptModel(classes int) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.Flatten(b.BatchNorm("conv_bn", b.Conv2D("conv", x, 2, 3)))
		return b.Linear("fc", h, classes)
	}
}

func TestLoadPart(t *testing.T) {
	const file = "../internal/torchfile/testdata/model.pt"
	load := func(model graph.Model, only, anew []string) (map[string][]float64, *runs.Loaded, error) {
		params := graph.NewParams(3, tensor.Float32)
		if _, err := graph.Compile(model, params, graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 4, 4}}); err != nil {
			t.Fatal(err)
		}
		loaded, err := train.LoadPart(file, params, only, anew)
		values := map[string][]float64{}
		for _, p := range params.All() {
			values[p.Name()] = bits(p.Value())
		}
		return values, loaded, err
	}
	whole, loaded, err := load(ptModel(3), nil, nil)
	if err != nil || len(loaded.Taken) != 9 || loaded.Left != nil || loaded.Anew != nil || loaded.Unused != nil || loaded.File != file {
		t.Fatalf("got %+v, %v", loaded, err)
	}
	if whole["conv_bn.num_batches_tracked"][0] != 3 {
		t.Errorf("got %v", whole)
	}
	head, loaded, err := load(ptModel(5), nil, []string{"fc.*"})
	if err != nil || !slices.Equal(loaded.Anew, []string{"fc.weight", "fc.bias"}) || len(loaded.Taken) != 7 || len(head["fc.bias"]) != 5 {
		t.Errorf("another head: got %+v, %v", loaded, err)
	}
	if !slices.Equal(head["conv.weight"], whole["conv.weight"]) {
		t.Error("another head: the convolution was not loaded")
	}
	part, loaded, err := load(ptModel(3), []string{"conv.*"}, nil)
	if err != nil || !slices.Equal(loaded.Taken, []string{"conv.weight", "conv.bias"}) || len(loaded.Left) != 7 || len(loaded.Unused) != 0 {
		t.Errorf("the convolution alone: got %+v, %v", loaded, err)
	}
	if !slices.Equal(part["conv.weight"], whole["conv.weight"]) || slices.Equal(part["fc.weight"], whole["fc.weight"]) {
		t.Error("the convolution alone: got other values")
	}
	small := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("other", b.Flatten(b.Conv2D("conv", x, 2, 3)), 3)
	}
	if _, loaded, err = load(small, []string{"conv.*"}, nil); err != nil || len(loaded.Unused) != 7 {
		t.Errorf("a model with less: got %+v, %v", loaded, err)
	}
	for _, c := range []struct {
		only, anew []string
		want       []string
	}{
		{nil, nil, []string{file, "fc.weight has shape [3 8], want [5 8]", "fc.bias has shape [3], want [5]"}},
		{[]string{"fc.*"}, nil, []string{"fc.weight has shape"}},
		{nil, []string{"fd*"}, []string{`no parameter matches "fd*"; there are conv.weight, conv.bias, conv_bn.weight`}},
		{[]string{"conv["}, nil, []string{`no parameter matches "conv["`}},
	} {
		_, _, err := load(ptModel(5), c.only, c.anew)
		for _, part := range c.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%v, %v: got %v, want %s in it", c.only, c.anew, err, part)
			}
		}
	}
}

// A run's log lists what was loaded.
func TestInitIsLogged(t *testing.T) {
	c := small(t)
	stopAt(t, c, train.Run, 4)
	second := small(t)
	second.Init, second.InitOnly, second.Reinit = filepath.Join(c.Dir, runs.BestFile), []string{"fc*"}, []string{"fc2.*"}
	var log bytes.Buffer
	l := logrus.New()
	l.SetOutput(&log)
	second.Observers = []runs.Observer{train.Log(l, 100)}
	finished(t)(train.Run(t.Context(), second))
	for _, want := range []string{
		"loaded from " + second.Init + ": fc1.weight fc1.bias", "not loaded: bn.weight bn.bias bn.running_mean", "newly initialised: fc2.weight fc2.bias",
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("got log\n%swant %s in it", &log, want)
		}
	}
	record, err := runs.ReadRecord(second.Dir)
	if err != nil || record.Init == nil || record.Init.Only[0] != "fc*" || record.Init.Reinit[0] != "fc2.*" {
		t.Errorf("got %+v, %v", record, err)
	}
}
