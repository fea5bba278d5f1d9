package jobs

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/data"
	"anneal/graph"
	"anneal/train"
)

// folder is a set of the pictures in folders, one for each class. It is read as it is needed.
type folder struct {
	files  []string
	labels []int32
}

func newFolder(dir string, classes []string) (*folder, error) {
	f := new(folder)
	for label, class := range classes {
		files, err := filepath.Glob(filepath.Join(dir, class, "*.png"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			f.files, f.labels = append(f.files, file), append(f.labels, int32(label))
		}
	}
	return f, nil
}

func (f *folder) Len() int      { return len(f.files) }
func (f *folder) Shape() [3]int { return [3]int{3, 8, 8} }
func (f *folder) Classes() int  { return 3 }

func (f *folder) Read(i int, x []float32) (int32, error) {
	file, err := os.Open(f.files[i])
	if err != nil {
		return 0, err
	}
	defer file.Close()
	img, err := png.Decode(file)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", f.files[i], err)
	}
	for at := range 64 {
		r, g, b, _ := img.At(at%8, at/8).RGBA()
		x[at], x[64+at], x[128+at] = float32(r)/65535-0.5, float32(g)/65535-0.5, float32(b)/65535-0.5
	}
	return f.labels[i], nil
}

// Job: a folder of colour pictures, split into parts, with augmentation. A broken file is an error that names it.
func TestImageFolder(t *testing.T) {
	dir, r := t.TempDir(), rand.New(rand.NewPCG(1, 0))
	classes := []string{"blue", "green", "red"}
	for class, name := range classes {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		for i := range 60 {
			img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
			for at := range 64 {
				c := [3]uint8{uint8(r.IntN(200)), uint8(r.IntN(200)), uint8(r.IntN(200))}
				c[2-class] += 50
				img.Set(at%8, at/8, color.NRGBA{c[0], c[1], c[2], 255})
			}
			file, err := os.Create(filepath.Join(dir, name, fmt.Sprintf("%d.png", i)))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(png.Encode(file, img), file.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	all, err := newFolder(dir, classes)
	if err != nil {
		t.Fatal(err)
	}
	training, test, err := data.Split(all, 0.25, 1)
	if err != nil {
		t.Fatal(err)
	}
	augment, err := data.ParseAugment("RandomHorizontalFlip(p=0.5)")
	if err != nil {
		t.Fatal(err)
	}
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.ReLU(b.BatchNorm("bn", b.Conv2D("conv", x, 8, 3)))
		return b.Linear("fc", b.Flatten(b.GlobalAvgPool2D(h)), 3)
	}
	c := train.Config{Model: model, Train: training, Test: test, Augment: augment, Solver: adam(0.02)}
	c.Batch = 16
	if e := trained(t, c, 10).Epochs[9]; !(e.TestAccuracy > 0.85) {
		t.Errorf("test accuracy %v", e.TestAccuracy)
	}
	bad := filepath.Join(dir, "red", "7.png")
	if err := os.WriteFile(bad, []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	c.Epochs = 1
	if _, err := train.Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("a broken file: error %v", err)
	}
}
