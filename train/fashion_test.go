package train_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"anneal/data"
	byclass "anneal/data/folder"
	"anneal/data/source"
	"anneal/models"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// grey is a part of a set of grey images.
type grey struct {
	height, width int
	pixels        []byte
	labels        []byte
}

func (g grey) len() int { return len(g.labels) }

// write creates a file and the folders that it is in.
func write(t *testing.T, content []byte, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// asPictures writes a set as PNG files with running numbers, in a folder for each class.
func asPictures(t *testing.T, dir string, training, test grey) {
	t.Helper()
	for name, g := range map[string]grey{"train": training, "test": test} {
		size := g.height * g.width
		for i, label := range g.labels {
			img := &image.Gray{Pix: g.pixels[i*size : (i+1)*size], Stride: g.width, Rect: image.Rect(0, 0, g.width, g.height)}
			var b bytes.Buffer
			if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			write(t, b.Bytes(), dir, name, fmt.Sprint(label), fmt.Sprintf("%05d.png", i))
		}
	}
}

// asArrays writes a set as a .npz file.
func asArrays(t *testing.T, path string, training, test grey) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, g := range map[string]grey{"train": training, "test": test} {
		for _, a := range []struct {
			name, shape string
			content     []byte
		}{
			{"x_", fmt.Sprintf("(%d, %d, %d)", g.len(), g.height, g.width), g.pixels},
			{"y_", fmt.Sprintf("(%d,)", g.len()), g.labels},
		} {
			w, err := z.Create(a.name + name + ".npy")
			if err != nil {
				t.Fatal(err)
			}
			header := "{'descr': '|u1', 'fortran_order': False, 'shape': " + a.shape + ", }\n"
			magic := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
			for _, part := range [][]byte{magic, []byte(header), a.content} {
				if _, err := w.Write(part); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, b.Bytes(), path)
}

// Fashion-MNIST trains to the same bits from IDX files, from a folder of PNG, in memory or not, and from a .npz file.
// TestThreeWays of package cmd/mnist/app does the same with a small set.
func TestFashionMNISTThreeWays(t *testing.T) {
	const variable = "ANNEAL_FASHION_MNIST"
	idx := os.Getenv(variable)
	if idx == "" {
		t.Skipf("writes 70,000 files: to run it, set %s to a folder with the IDX files", variable)
	}
	pair, err := data.Load(t.Context(), idx)
	if err != nil {
		t.Fatal(err)
	}
	dir, training, test := t.TempDir(), asGrey(t, pair.Train), asGrey(t, pair.Test)
	asPictures(t, filepath.Join(dir, "pictures"), training, test)
	asArrays(t, filepath.Join(dir, "arrays.npz"), training, test)
	pictures := filepath.Join(dir, "pictures")
	load := func(path string) func() (*data.Sets, error) {
		return func() (*data.Sets, error) { return source.Load(t.Context(), source.Spec{Path: path}, nil) }
	}
	var want []byte
	for _, way := range []struct {
		name string
		load func() (*data.Sets, error)
	}{
		{"IDX files", load(idx)},
		{"pictures", load(pictures)},
		{"pictures that are decoded when they are read", func() (*data.Sets, error) {
			return byclass.Load(t.Context(), pictures, byclass.Options{Memory: 1})
		}},
		{"arrays", load(filepath.Join(dir, "arrays.npz"))},
	} {
		sets, err := way.load()
		if err != nil {
			t.Fatalf("%s: %v", way.name, err)
		}
		result, err := train.Run(t.Context(), train.Config{
			Model: models.LeNetBN, Train: sets.Train, Test: sets.Test, Solver: solvers.SGD{LR: 0.01, Momentum: 0.9},
			Settings: train.Settings{Steps: 20, Batch: 64, Seed: 3},
		})
		if err != nil {
			t.Fatalf("%s: %v", way.name, err)
		}
		file := filepath.Join(t.TempDir(), "weights.safetensors")
		if err := weights.Save(file, result.Params); err != nil {
			t.Fatal(err)
		}
		got := read(t, file)
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) || sets.Train.Len() != training.len() || sets.Test.Len() != test.len() {
			t.Errorf("%s: %d training and %d test images trained to other weights than IDX files", way.name,
				sets.Train.Len(), sets.Test.Len())
		}
	}
}

// asGrey returns the images of a set.
func asGrey(t *testing.T, d *data.Images) grey {
	t.Helper()
	shape := d.Shape()
	size := shape[1] * shape[2]
	g := grey{shape[1], shape[2], make([]byte, d.Len()*size), make([]byte, d.Len())}
	labels, err := data.Labels(d)
	if err != nil {
		t.Fatal(err)
	}
	for i, label := range labels {
		g.labels[i] = byte(label)
		if err := d.Pixels(i, g.pixels[i*size:(i+1)*size]); err != nil {
			t.Fatal(err)
		}
	}
	return g
}
