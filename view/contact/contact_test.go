package contact

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"slices"
	"strings"
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
				want[name] = append(want[name], data.Pixels(b.X[i*12:(i+1)*12], data.FrameOf(set)))
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
}

// A mixed image has a line for each of its classes, and its row is as much higher.
func TestMixed(t *testing.T) {
	set := numbered(t)
	s, err := Augmented(set, data.Compose{augment.MixUp{Alpha: 1}}, 1, 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	samples, _, err := data.FirstOfClasses(set, 4)
	if err != nil {
		t.Fatal(err)
	}
	targets, err := data.ReadAugmented(set, data.Compose{augment.MixUp{Alpha: 1}}, 1, 2, samples, make([]float32, 4*12))
	if err != nil {
		t.Fatal(err)
	}
	// Row 2 is sample 1 of class 1, which the second epoch mixes with the one before it, of class 0.
	want := []string{fmt.Sprintf("%.0f%% 0", 100*targets[8]), fmt.Sprintf("%.0f%% 1", 100*targets[9])}
	if got := s.Rows[2].Captions; got[0] != nil || !slices.Equal(got[2], want) || targets[8] == 0 {
		t.Errorf("got captions %q, want none and then %q", got, want)
	}
	plain := s
	plain.Rows = slices.Clone(s.Rows)
	for i := range plain.Rows {
		plain.Rows[i].Captions = nil
	}
	if a, b := s.Image().Bounds().Dy(), plain.Image().Bounds().Dy(); a <= b || (a-b)%lineHeight != 0 {
		t.Errorf("got heights %d and %d without captions", a, b)
	}
}

// A name whose letters the font lacks is the number of its class. A sheet of what is no picture is an error.
func TestNames(t *testing.T) {
	for name, want := range map[string]string{"Äpfel": "Äpfel", "Ёлка": "Ёлка", "猫": "7", "a 猫": "7"} {
		if got := legible(name, 7); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	p := newPen(nil)
	got := p.cut(strings.Repeat("w", 99), 100)
	if p.width(got) > 100 || p.width(got) < 80 || !strings.HasSuffix(got, "…") {
		t.Errorf("got %s of %d pixels, want some 100 pixels", got, p.width(got))
	}
	rows, err := data.NewTensors(data.Floats("x", make([]float32, 12), 4), data.Ints("labels", []int32{0, 1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	want := "contact sheet: the samples are of shape [4]: want pictures, [channels, height, width]"
	for _, err := range []error{
		second(Samples(rows, 2)), second(Augmented(rows, data.Compose{augment.GaussianNoise{Sigma: 1}}, 1, 2, 2)),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func second(_ Sheet, err error) error { return err }

// Every image stands whole where it belongs, in its colours, and nothing is drawn outside.
func TestImage(t *testing.T) {
	red := []byte{255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0}
	rows := []Row{{Name: "a", Images: [][]byte{red, red}}, {Name: "bcd", Images: [][]byte{red}}}
	s := Sheet{Shape: [3]int{3, 2, 2}, Rows: rows, First: true}
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
