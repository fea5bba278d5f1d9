package cifar

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anneal/data"
	"anneal/internal/limittest"
)

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// record returns an image whose channels are red, 0 and 255.
func record(red byte, labels ...byte) []byte {
	b := append(labels, bytes.Repeat([]byte{red}, 1024)...)
	return append(append(b, make([]byte, 1024)...), bytes.Repeat([]byte{255}, 1024)...)
}

func TestCIFAR10(t *testing.T) {
	dir := t.TempDir()
	names := "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"
	write(t, filepath.Join(dir, "batches.meta.txt"), []byte(names))
	write(t, filepath.Join(dir, "data_batch_1.bin"), record(0, 3))
	write(t, filepath.Join(dir, "data_batch_2.bin"), append(record(255, 9), record(0, 0)...))
	write(t, filepath.Join(dir, "test_batch.bin"), record(51, 1))
	sets, err := Load(dir, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	train, test := sets.Train.(*data.Images), sets.Test.(*data.Images)
	f := test.Facts()
	if train.Len() != 3 || test.Len() != 1 || train.Classes() != 10 || f.ClassNames[9] != "truck" ||
		f.Name != "CIFAR-10" ||
		fmt.Sprint(f.Mean, f.Std) != "[0.3333 0 1] [0.4714 1 1]" {
		t.Errorf("got %d and %d images, facts %+v", train.Len(), test.Len(), f)
	}
	if len(sets.Notes) != 3 || !strings.HasPrefix(sets.Notes[0], "data_batch_3.bin is not there") {
		t.Errorf("three of five files are not there: got notes %q", sets.Notes)
	}
	if b := image(t, train, 1); b[0] != 255 || b[1024] != 0 || b[2048] != 255 {
		t.Errorf("got pixels %d, %d, %d", b[0], b[1024], b[2048])
	}
	for name, content := range map[string][]byte{"short": record(0, 3)[:3000], "label": record(0, 10), "empty": nil} {
		write(t, filepath.Join(dir, "test_batch.bin"), content)
		if _, err := Load(dir, nil, nil); err == nil || !strings.Contains(err.Error(), "test_batch.bin: ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestCIFAR100(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "train.bin"), record(0, 19, 99))
	write(t, filepath.Join(dir, "test.bin"), record(0, 4, 5))
	sets, err := Load(dir, []float64{0.5}, []float64{0.25})
	if err != nil || sets.Train.Classes() != 100 || data.FactsOf(sets.Test).Mean[0] != 0.5 {
		t.Errorf("got %+v, %v", sets, err)
	}
	if !Is(dir) || Is(t.TempDir()) {
		t.Error("Is is wrong")
	}
}

func FuzzCIFAR(f *testing.F) {
	f.Add(record(1, 3), 0)
	f.Add(record(1, 3, 4)[:100], 1)
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, b []byte, k int) {
		limits.Run(t, "CIFAR", func() {
			images, labels, err := kinds[k&1].read(bytes.NewReader(b), nil, nil)
			limittest.OneLine(t, err)
			if err == nil && len(images) != pixels*len(labels) {
				t.Errorf("%d bytes of %d images", len(images), len(labels))
			}
		})
	})
}

// What is too long for CIFAR is an error that takes little memory. The files are holes.
func TestBombs(t *testing.T) {
	limits := limittest.Limits{Bytes: 1 << 20, Time: time.Second}
	for _, c := range []struct{ folder, file string }{
		{"10", "data_batch_1.bin"}, {"100", "train.bin"}, {"10", "batches.meta.txt"}, {"100", "fine_label_names.txt"},
	} {
		dir := t.TempDir()
		for _, name := range map[string][]string{
			"10": {"data_batch_1.bin", "test_batch.bin"}, "100": {"train.bin", "test.bin"},
		}[c.folder] {
			write(t, filepath.Join(dir, name), record(0, 1, 1)[:1+pixels])
		}
		write(t, filepath.Join(dir, c.file), nil)
		if err := os.Truncate(filepath.Join(dir, c.file), 1<<40); err != nil {
			t.Skip(err)
		}
		limits.Run(t, c.file, func() {
			want := c.file + ": got -rw-r--r-- of 1099511627776 bytes, want a file of at most"
			if _, err := Load(dir, nil, nil); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", c.file, err, want)
			}
		})
	}
}

// image returns the pixels of an image.
func image(t *testing.T, d *data.Images, i int) []byte {
	t.Helper()
	shape := d.Shape()
	b := make([]byte, shape[0]*shape[1]*shape[2])
	if err := d.Pixels(i, b); err != nil {
		t.Fatal(err)
	}
	return b
}
