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

	"anneal/data"
	"anneal/runs"
	"anneal/train"
	"anneal/weights"
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
	params, err := weights.LoadModel(path, linear, shape)
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
			if _, err := weights.Inspect(path); err == nil || !strings.Contains(err.Error(), path) {
				t.Fatalf("byte %d, %q for %q: Inspect: got %v", i, damaged, good[i], err)
			}
			if err := weights.Load(path, params); err == nil {
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
		if _, err := weights.Inspect(path); err == nil {
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
	i, err := weights.Inspect(filepath.Join(c.Dir, runs.LastFile))
	if err != nil {
		t.Fatal(err)
	}
	if i.Format != "safetensors" || len(i.Checksum) != 64 || i.Record.Model != "normed" || i.Record.Epochs != 2 ||
		i.Record.Notes != nil ||
		i.Progress.Step != 4 || i.Progress.Epoch != 2 || i.Progress.Batch != 1 || i.Progress.Seen != 4 ||
		i.Progress.Lines != 5 ||
		len(i.Tensors) != 9 ||
		len(i.State) != 2*6 {
		t.Errorf("got %+v, %+v, %+v", i, i.Record, i.Progress)
	}
	params, err := weights.LoadModel(filepath.Join(c.Dir, runs.LastFile), normed, [3]int{1, 4, 4})
	if err != nil {
		t.Fatal(err)
	}
	params.Lookup("fc2.bias").Value().Float32s()[1] = float32(math.NaN())
	copy(params.Lookup("bn.bias").Value().Float32s(), []float32{3, -4, 0, 0, 0, 0, 0, 0})
	path := filepath.Join(t.TempDir(), "w.safetensors")
	if err := weights.Save(path, params); err != nil {
		t.Fatal(err)
	}
	if i, err = weights.Inspect(path); err != nil || i.Record != nil || i.Progress != nil || len(i.Checksum) != 64 {
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
	if i, err = weights.Inspect("../internal/torchfile/testdata/model.pt"); err != nil || i.Format != "PyTorch" ||
		i.Checksum != "" ||
		len(i.Tensors) != 9 {
		t.Errorf("got %+v, %v", i, err)
	}
}

// A run's log lists what was loaded.
func TestInitIsLogged(t *testing.T) {
	c := small(t)
	c.ChooseBy = runs.ByTest
	stopAt(t, c, train.Run, 4)
	second := small(t)
	second.Init, second.InitOnly, second.Reinit = filepath.Join(c.Dir, runs.BestFile), []string{"fc*"}, []string{"fc2.*"}
	var log bytes.Buffer
	l := logrus.New()
	l.SetOutput(&log)
	second.Observers = []runs.Observer{train.Log(l, 100)}
	finished(t)(train.Run(t.Context(), second))
	for _, want := range []string{
		"loaded from " + second.Init + ": fc1.weight fc1.bias", "not loaded: bn.weight bn.bias bn.running_mean",
		"newly initialised: fc2.weight fc2.bias",
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
