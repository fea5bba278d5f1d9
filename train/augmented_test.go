package train_test

import (
	"bytes"
	"errors"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"anneal/data"
	"anneal/data/augment"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

// A run that augments pictures keeps some of them as its epochs see them; one that augments nothing, or no pictures,
// has no such file.
func TestAugmentedFile(t *testing.T) {
	set := stripes(t, 24)
	of := func(set data.Dataset, steps data.Compose) string {
		t.Helper()
		c := train.Config{
			Model: linear, Train: set, Test: set, Solver: solvers.SGD{LR: 0.1}, Dir: filepath.Join(t.TempDir(), "run"),
			Settings: train.Settings{Epochs: 1, Batch: 8, Seed: 7}, Augment: steps,
		}
		if _, err := train.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return c.Dir
	}
	steps := data.Compose{augment.GaussianNoise{Sigma: 0.3}, augment.MixUp{Alpha: 1}}
	dir := of(set, steps)
	a, err := runs.ReadAugmented(dir)
	if err != nil {
		t.Fatal(err)
	}
	if a.Augment != steps.String() || a.Seed != 7 || !a.Mixed || len(a.Rows) != 6 {
		t.Errorf("got %s, seed %d, mixed %v, %d rows", a.Augment, a.Seed, a.Mixed, len(a.Rows))
	}
	samples, labels, err := data.FirstOfClasses(set, 6)
	if err != nil {
		t.Fatal(err)
	}
	shape := set.Shape()
	size := shape[0] * shape[1] * shape[2]
	x := make([]float32, 6*size)
	for epoch := range 6 {
		targets, err := data.ReadAugmented(set, steps, 7, epoch, samples, x)
		if err != nil {
			t.Fatal(err)
		}
		for j, row := range a.Rows {
			m, err := png.Decode(bytes.NewReader(row.Images[epoch].PNG))
			if err != nil || m.Bounds().Dx() != shape[2] || m.Bounds().Dy() != shape[1] {
				t.Fatalf("row %d, epoch %d: got %v, %v", j, epoch, m, err)
			}
			want := data.Pixels(x[j*size:(j+1)*size], data.FrameOf(set))
			for i := range shape[1] * shape[2] {
				if got, _, _, _ := m.At(i%shape[2], i/shape[2]).RGBA(); byte(got>>8) != want[i] {
					t.Fatalf("row %d, epoch %d, pixel %d: got %d, want %d", j, epoch, i, got>>8, want[i])
				}
			}
			if row.Index != samples[j] || row.Label != int(labels[j]) || len(row.Images) != 6 {
				t.Errorf("row %d: got sample %d of class %d with %d images", j, row.Index, row.Label, len(row.Images))
			}
			for _, c := range row.Images[epoch].Classes {
				if want := float64(targets[j*set.Classes()+c.Class]); c.Share != want {
					t.Errorf("row %d, epoch %d: got share %v, want %v", j, epoch, c.Share, want)
				}
			}
			if mixed := len(row.Images[epoch].Classes) > 0; mixed != (epoch > 0) {
				t.Errorf("row %d, epoch %d: mixed %v", j, epoch, mixed)
			}
		}
	}
	if info, err := os.Stat(filepath.Join(dir, runs.AugmentedFile)); err != nil || info.Size() > 1<<20 {
		t.Errorf("got %v, %v", info, err)
	}
	table, err := data.NewTensors(data.Floats("x", make([]float32, 24*4), 4), data.Ints("labels", make([]int32, 24)))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{of(set, nil), of(table, data.Compose{augment.GaussianNoise{Sigma: 0.3}})} {
		if _, err := runs.ReadAugmented(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v, want no file", err)
		}
	}
}
