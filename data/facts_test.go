package data

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fashion is a folder with Fashion-MNIST, where there is one.
const fashion = "/usr/share/datasets/fashion-mnist"

func TestKnownSets(t *testing.T) {
	for _, c := range []struct {
		folder, name, seventh string
		digits                bool
	}{{"", "MNIST", "7", true}, {fashion, "Fashion-MNIST", "Sneaker", false}} {
		p, err := Load(context.Background(), c.folder)
		if errors.Is(err, fs.ErrNotExist) || err != nil && c.folder == fashion {
			t.Logf("%s: %v", c.name, err)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []*Images{p.Train, p.Test} {
			if f := FactsOf(d); f.Name != c.name || len(f.ClassNames) != 10 || f.ClassNames[7] != c.seventh ||
				f.Digits != c.digits || f.Mean[0] != d.Mean() || f.Std[0] != d.Std() || f.Background != 0 {
				t.Errorf("%s: got %+v", c.name, f)
			}
		}
		few, err := Limit(p.Train, 200)
		if err != nil || FactsOf(few).Name != c.name {
			t.Errorf("%s: got %+v of the first 200, %v", c.name, FactsOf(few), err)
		}
		if _, valid, err := Split(p.Test, 0.1, 1); err != nil || FactsOf(valid).Name != c.name {
			t.Errorf("%s: got %+v of a part, %v", c.name, FactsOf(valid), err)
		}
		// The first 200 of each, in a folder.
		dir := filepath.Join(t.TempDir(), "few")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		for part, d := range map[string]*Images{"train": p.Train, "t10k": p.Test} {
			var labels []byte
			for _, l := range d.labels[:200] {
				labels = append(labels, byte(l))
			}
			write(t, filepath.Join(dir, part+"-images-idx3-ubyte"), idxFile(d.pixels[:200*784], 200, 28, 28))
			write(t, filepath.Join(dir, part+"-labels-idx1-ubyte"), idxFile(labels, 200))
		}
		q, err := Load(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if f := q.Train.Facts(); f.Name != "a variant of "+c.name || f.ClassNames[7] != c.seventh || f.Digits != c.digits {
			t.Errorf("%s: got %+v of a part", c.name, f)
		}
	}
}

func TestFolderNamesSet(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "leaves")
	if err := os.Rename(folder(t, nil), dir); err != nil {
		t.Fatal(err)
	}
	p, err := Load(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if f := p.Test.Facts(); f.Name != "leaves" || f.ClassNames != nil || f.Digits {
		t.Errorf("got %+v", f)
	}
	for _, c := range []struct{ file, content, want string }{
		{"labels.txt", "oak\r\nelm tree\nash\n pine\nfir\n\n", ""},
		{"labels.txt", "\ufeffoak\r\nelm\r\nash\r\npine\r\nfir\r\n", ""},
		{"classes.txt", "oak\nelm\nash\npine\nfir\nyew", ""}, // one that does not occur
		{"labels.txt", "oak\nelm\n", "labels.txt: got the names of 2 classes, want 5, one per line"},
		{"classes.txt", "oak\n\nelm\n\nfir\n", "classes.txt: line 2 is empty, want the name of class 1"},
	} {
		path := write(t, filepath.Join(dir, c.file), []byte(c.content))
		p, err := Load(context.Background(), dir)
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		} else if err != nil || !slices.Equal(p.Train.Facts().ClassNames[3:5], []string{"pine", "fir"}) ||
			strings.ContainsRune(p.Train.Facts().ClassNames[0], '\ufeff') ||
			len(p.Test.Facts().ClassNames) < 5 || p.Test.Classes() != 5 {
			t.Errorf("%s: got %+v, %v", c.file, p, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// typed returns an IDX file of that element type.
func typed[T any](kind byte, v []T, dims ...int) []byte {
	b := []byte{0, 0, kind, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	b, err := binary.Append(b, binary.BigEndian, v)
	if err != nil {
		panic(err)
	}
	return b
}

func TestLabelTypes(t *testing.T) {
	want := []int32{4, 1}
	nist := make([]int32, 16) // QMNIST's columns: class, series, writer and so on
	nist[0], nist[1], nist[2], nist[8], nist[9] = 4, 0, 600, 1, 4
	for name, content := range map[string][]byte{
		"unsigned bytes":   typed(0x08, []uint8{4, 1}, 2),
		"signed bytes":     typed(0x09, []int8{4, 1}, 2),
		"16 bits":          typed(0x0b, []int16{4, 1}, 2),
		"32 bits":          typed(0x0c, []int32{4, 1}, 2),
		"64 bits":          typed(0x0e, []int64{4, 1}, 2),
		"float32":          typed(0x0d, []float32{4, 1}, 2),
		"float64":          typed(0x0e, []float64{4, 1}, 2),
		"a column":         typed(0x0c, []int32{4, 1}, 2, 1),
		"QMNIST's columns": typed(0x0c, nist, 2, 8),
	} {
		got, err := readLabels(write(t, filepath.Join(t.TempDir(), "labels"), content))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	for want, content := range map[string][]byte{
		"label 1: got -1, want a whole number from 0":  typed(0x09, []int8{4, -1}, 2),
		"label 0: got -2, want a whole number from 0":  typed(0x0c, []int32{-2, 1}, 2),
		"label 1: got 1.5, want a whole number from 0": typed(0x0d, []float32{4, 1.5}, 2),
		"label 0: got NaN, want a whole number from 0": typed(0x0e, []float64{math.NaN(), 1}, 2),
		"label 1: got 2e+09, want a whole number":      typed(0x0c, []int32{1, 2e9}, 2),
		"got dimensions [2 3], want one label per":     typed(0x08, []uint8{1, 0, 0, 0, 1, 0}, 2, 3), // one-hot
		"element type: got 0x0a":                       typed(0x0a, []uint8{4, 1}, 2),
	} {
		if _, err := readLabels(write(t, filepath.Join(t.TempDir(), "labels"), content)); err == nil ||
			!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Each channel is normalised by its own numbers.
func TestNormalisedChannels(t *testing.T) {
	d := &Images{shape: [3]int{3, 1, 5}, pixels: make([]byte, 30), labels: []int32{0, 1}, classes: 2}
	for i := range d.pixels {
		d.pixels[i] = byte(8 * i)
	}
	mean, std := []float64{0.4914, 0.4822, 0.4465}, []float64{0.247, 0.2435, 0.2616}
	n, err := d.Normalised(mean, std)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 15)
	if label, _ := n.Read(1, x); label != 1 || !slices.Equal(n.Facts().Mean, mean) {
		t.Errorf("got label %d, facts %+v", label, n.Facts())
	}
	for i, v := range x {
		want := (float64(d.pixels[15+i])/255 - mean[i/5]) / std[i/5]
		if !(math.Abs(float64(v)-want) <= 1e-6) {
			t.Errorf("pixel %d: got %v, want %v", i, v, want)
		}
	}
	for want, stats := range map[string][2][]float64{
		"got 2 and 2 numbers, want one of each, or one per channel of [3 1 5]": {{1, 2}, {1, 2}},
		"got 1 and 3 numbers": {{1}, {1, 2, 3}},
		"got 0 and 0 numbers": {nil, nil},
		"std above 0":         {{1}, {0}},
		"got NaN and 1":       {{math.NaN()}, {1}},
	} {
		if _, err := d.Normalised(stats[0], stats[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// What augmentation uncovers in a colour image is black in every channel, also in a part of a set.
func TestColourBackground(t *testing.T) {
	unread := func(int, []byte) error { return errors.New("read") }
	d, err := NewImagesFunc([3]int{3, 1, 1}, 2, []int32{0, 1, 0, 1, 0}, Facts{
		Mean: []float64{0.5, 0.4, 0.3}, Std: []float64{0.25, 0.2, 0.1},
	}, unread)
	if err != nil {
		t.Fatal(err)
	}
	few, err := Limit(d, 4)
	if err != nil {
		t.Fatal(err)
	}
	part, _, err := Split(few, 2, 1) // reads no image
	if err != nil {
		t.Fatal(err)
	}
	want := []float32{-2, -2, -3}
	for i, v := range FrameOf(part).Backgrounds {
		if !(math.Abs(float64(v-want[i])) < 1e-6) {
			t.Errorf("channel %d: got %v, want %v", i, v, want[i])
		}
	}
	if got := len(FrameOf(part).Backgrounds); got != 3 {
		t.Errorf("got backgrounds of %d channels, want 3", got)
	}
}
