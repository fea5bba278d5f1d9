package data

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// emnist writes a part of EMNIST with two images of 2×3 for training and one for the test.
func emnist(t *testing.T, dir, part string, labels ...byte) {
	t.Helper()
	write(t, filepath.Join(dir, "emnist-"+part+"-train-images-idx3-ubyte.gz"),
		zipped(t, idxFile([]byte{1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 9}, 2, 2, 3)))
	write(t, filepath.Join(dir, "emnist-"+part+"-train-labels-idx1-ubyte"), idxFile(labels, 2))
	write(t, filepath.Join(dir, "emnist-"+part+"-test-images-idx3-ubyte"), idxFile([]byte{1, 1, 1, 1, 1, 1}, 1, 2, 3))
	write(t, filepath.Join(dir, "emnist-"+part+"-test-labels-idx1-ubyte"), idxFile(labels[:1], 1))
}

func TestEMNIST(t *testing.T) {
	dir := t.TempDir()
	emnist(t, dir, "letters", 1, 26)
	pair, err := Load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := pixels(t, pair.Train, 0), []byte{1, 4, 2, 5, 3, 6}; !slices.Equal(got, want) ||
		pair.Train.Shape() != [3]int{1, 3, 2} {
		t.Errorf("got pixels %v of shape %v, want the columns %v", got, pair.Train.Shape(), want)
	}
	f := pair.Train.Facts()
	if pair.Train.Classes() != 26 || f.ClassNames[0] != "A" || f.ClassNames[25] != "Z" || f.Digits {
		t.Errorf("got %d classes, facts %+v", pair.Train.Classes(), f)
	}
	if pair.Train.labels[0] != 0 || pair.Train.labels[1] != 25 || pair.Test.labels[0] != 0 {
		t.Errorf("got labels %v and %v, want them from 0", pair.Train.labels, pair.Test.labels)
	}

	emnist(t, dir, "byclass", 61, 0)
	_, err = Load(t.Context(), dir)
	if err == nil || !strings.Contains(err.Error(), "choose one with split: byclass, letters") {
		t.Errorf("two parts: got %v", err)
	}
	pair, err = LoadPart(dir, "byclass")
	if err != nil || pair.Train.Classes() != 62 || pair.Train.Facts().ClassNames[61] != "z" {
		t.Errorf("byclass: got %v, %v", pair, err)
	}
	if _, err := LoadPart(dir, "greek"); err == nil || !strings.Contains(err.Error(), `got "greek", want one of`) {
		t.Errorf("greek: got %v", err)
	}

	dir = t.TempDir()
	emnist(t, dir, "letters", 0, 1)
	if _, err := Load(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "label 0: got 0, want at least 1") {
		t.Errorf("a label 0: got %v", err)
	}
	emnist(t, dir, "letters", 1, 27)
	if _, err := Load(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "label 27, want 1 to 26") {
		t.Errorf("a label 27: got %v", err)
	}
}

func TestQMNIST(t *testing.T) {
	dir := t.TempDir()
	for _, part := range []string{"train", "test"} {
		write(t, filepath.Join(dir, "qmnist-"+part+"-images-idx3-ubyte"), idxFile([]byte{1, 2, 3, 4}, 1, 2, 2))
		label := append([]byte{0, 0, idxInt32, 2, 0, 0, 0, 1, 0, 0, 0, 8}, make([]byte, 32)...)
		label[15] = 7
		write(t, filepath.Join(dir, "qmnist-"+part+"-labels-idx2-int"), label)
	}
	pair, err := Load(t.Context(), dir)
	if err != nil || pair.Train.Classes() != 10 || pair.Train.labels[0] != 7 || !pair.Test.Facts().Digits {
		t.Errorf("got %+v, %v", pair, err)
	}
}

func TestNewImages(t *testing.T) {
	d, err := NewImages([3]int{3, 1, 2}, 0, []byte{0, 255, 51, 51, 0, 0, 255, 0, 51, 51, 0, 0}, []int32{1, 0}, Facts{})
	if err != nil {
		t.Fatal(err)
	}
	f := d.Facts()
	if !slices.Equal(f.Mean, []float64{0.5, 0.2, 0}) || !slices.Equal(f.Std, []float64{0.5, 1, 1}) || d.Classes() != 2 {
		t.Errorf("got %+v", f)
	}
	for _, c := range []struct {
		pixels []byte
		labels []int32
		facts  Facts
		want   string
	}{
		{make([]byte, 5), []int32{0}, Facts{}, "pixels: got 5, want 6"},
		{make([]byte, 6), []int32{2}, Facts{}, "label of image 0: got 2, want 0 to 1"},
		{make([]byte, 6), nil, Facts{}, "labels: got none"},
		{make([]byte, 6), []int32{0}, Facts{ClassNames: []string{"a"}}, "names of classes: got 1, want 2"},
		{make([]byte, 6), []int32{0}, Facts{Mean: []float64{0, 0}, Std: []float64{1, 1}}, "mean and std: got 2"},
	} {
		if _, err := NewImages([3]int{3, 1, 2}, 2, c.pixels, c.labels, c.facts); err == nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

func TestSplitLabels(t *testing.T) {
	labels := []int32{0, 1, 0, 1, 0, 1, 0, 1, 2, 2}
	set, err := NewTensors(Ints("labels", labels), Floats("x", []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}))
	if err != nil {
		t.Fatal(err)
	}
	train, valid, err := Split(set, 0.3, 5)
	if err != nil {
		t.Fatal(err)
	}
	first, second, err := SplitLabels(labels, len(labels), 0.3, 5)
	if err != nil || !slices.Equal(first, train.(part).samples) || !slices.Equal(second, valid.(part).samples) {
		t.Errorf("got %v and %v, %v, want %v and %v", first, second, err, train, valid)
	}
}

// pixels returns the pixels of an image.
func pixels(t *testing.T, d *Images, i int) []byte {
	t.Helper()
	shape := d.Shape()
	b := make([]byte, shape[0]*shape[1]*shape[2])
	if err := d.Pixels(i, b); err != nil {
		t.Fatal(err)
	}
	return b
}
