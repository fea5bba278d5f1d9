package contact

import (
	"bytes"
	"context"
	"image/color"
	"image/png"
	"slices"
	"testing"

	"anneal/data"
	"anneal/data/augment"
)

// numbered returns 40 images of 3×2×2, whose pixels have the sample's number, in 4 classes of which one has no sample.
func numbered(t *testing.T) data.Dataset {
	t.Helper()
	pixels, labels := make([]float32, 40*12), make([]int32, 40)
	for i := range pixels {
		pixels[i] = float32(i/12) + float32(i%12)/100
	}
	for i := range labels {
		labels[i] = int32(i%3) + int32(i%3)/2 // 0, 1, 3
	}
	set, err := data.NewMemory([3]int{3, 2, 2}, 4, pixels, labels)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestSamples(t *testing.T) {
	s, err := Samples(numbered(t), 5)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range s.Rows {
		names = append(names, r.Name)
		if len(r.Images) != 5 || len(r.Images[0]) != 12 {
			t.Errorf("row %s has %d images", r.Name, len(r.Images))
		}
	}
	if !slices.Equal(names, []string{"0", "1", "3"}) {
		t.Errorf("the rows are %v", names)
	}
}

// A sheet has the images that a Loader makes with the seed, epoch by epoch, after the image itself.
func TestAugmented(t *testing.T) {
	set := numbered(t)
	steps := data.Compose{augment.GaussianNoise{Sigma: 0.3}}
	s, err := Augmented(set, steps, 7, 5, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][][]byte{}
	first := map[string]int{"0": 0, "1": 1, "3": 2}
	l, err := data.NewLoader(set, data.Options{Batch: 40, Seed: 7, Augment: steps})
	if err != nil {
		t.Fatal(err)
	}
	for epoch := range 3 {
		for b, err := range l.Epoch(context.Background(), epoch, 0) {
			if err != nil {
				t.Fatal(err)
			}
			for name, i := range first {
				want[name] = append(want[name], pixels(b.X[i*12:(i+1)*12], data.FrameOf(set)))
			}
		}
	}
	if len(s.Rows) != 5 {
		t.Fatalf("got %d rows, want 5", len(s.Rows))
	}
	for _, i := range []int{0, 2, 4} { // the first of each class
		r := s.Rows[i]
		if len(r.Images) != 4 || !slices.EqualFunc(r.Images[1:], want[r.Name], bytes.Equal) {
			t.Errorf("row %d, class %s: got %v, want %v", i, r.Name, r.Images, want[r.Name])
		}
	}
	if _, err := Augmented(set, data.Compose{augment.RandomErasing{P: 2}}, 1, 1, 1); err == nil {
		t.Error("no error for a probability of 2")
	}
	if _, err := Augmented(set, data.Compose{augment.MixUp{Alpha: 1}}, 1, 4, 2); err != nil {
		t.Error(err)
	}
}

// Every image stands whole where it belongs, in its colours, and nothing is drawn outside.
func TestImage(t *testing.T) {
	red := []byte{255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0}
	s := Sheet{Shape: [3]int{3, 2, 2}, Rows: []Row{{"a", [][]byte{red, red}}, {"bcd", [][]byte{red}}}, First: true}
	var b bytes.Buffer
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if color.RGBAModel.Convert(m.At(x, y)) == (color.RGBA{255, 0, 0, 255}) {
				count++
			}
		}
	}
	if want := 3 * 56 * 56; count != want {
		t.Errorf("%d red pixels, want %d", count, want)
	}
}
