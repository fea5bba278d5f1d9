package app

import (
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/internal/safetensors"
)

// Every command that takes weights takes them with a wrapper's prefix, to the same result, and says so once.
func TestWrappedWeights(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), dataset(t, 20, 28)
	plain := "../../../deploy/predict/testdata/lenet-bn.safetensors"
	f, err := safetensors.Read(plain)
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Tensors {
		f.Tensors[i].Name = "_orig_mod.module." + f.Tensors[i].Name
	}
	b, err := f.EncodeChecked()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "wrapped.bin"), b)
	if plain, err = filepath.Abs(plain); err != nil {
		t.Fatal(err)
	}
	picture, err := filepath.Abs("../../../deploy/predict/testdata/digit.png")
	if err != nil {
		t.Fatal(err)
	}
	const note = `wrapped.bin: the names were read without "_orig_mod.module.", which a wrapper put before them`
	for _, args := range [][]string{
		{"eval", "--data", set},
		{"predict", picture},
		{"export", "--onnx", "a.onnx"},
		{"recalibrate", "--out", "new.safetensors", "--overwrite", "--data", set},
	} {
		flags := []string{"--model", "lenet-bn", "--init"}
		want := mnist(t, dir, append(append(args[:1:1], append(flags, plain)...), args[1:]...)...)
		got := mnist(t, dir, append(append(args[:1:1], append(flags, "wrapped.bin")...), args[1:]...)...)
		if got.code != exitOK || got.stdout != want.stdout || strings.Count(got.stderr, note) != 1 {
			t.Errorf("%v: got %+v\nwant %+v and once %s", args, got, want, note)
		}
	}
}
