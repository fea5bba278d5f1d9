package numpy

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"anneal/data"
	"anneal/internal/limittest"
)

func TestTypes(t *testing.T) {
	f, err := open("testdata/types.npz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if len(f.readers) != 15 {
		t.Fatalf("got arrays %s", f.list())
	}
	for name, read := range f.readers {
		a, err := read()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := []float64{0, 1, 100, 1, 0, 127}
		if name == "b1" {
			want = []float64{0, 1, 1, 1, 0, 1}
		}
		for i, w := range want {
			if got := a.At(i); got != w || !slices.Equal(a.Shape, []int{2, 3}) {
				t.Errorf("%s: element %d: got %v of shape %v, want %v", name, i, got, a.Shape, w)
			}
		}
	}
}

func TestImages(t *testing.T) {
	sets, err := Load("testdata/images.npz", Options{})
	if err != nil {
		t.Fatal(err)
	}
	train, test := sets.Train.(*data.Images), sets.Test.(*data.Images)
	if train.Shape() != [3]int{3, 4, 5} || train.Len() != 6 || train.Classes() != 3 || test.Len() != 2 ||
		sets.Valid.Len() != 1 {
		t.Errorf("got %v ×%d of %d classes, %d for the test", train.Shape(), train.Len(), train.Classes(), test.Len())
	}
	// The third column of the second row of the first image: its channels are 3 bytes in the file.
	f, _ := open("testdata/images.npz")
	defer f.close()
	a, err := f.readers["train_images"]()
	if err != nil {
		t.Fatal(err)
	}
	at := (1*5 + 2) * 3
	for c := range 3 {
		if got, want := pixels(t, train, 0)[c*20+1*5+2], a.Bytes()[at+c]; got != want {
			t.Errorf("channel %d: got %d, want %d", c, got, want)
		}
	}
	if m := train.Facts().Mean; len(m) != 3 || !slices.Equal(m, test.Facts().Mean) || train.Facts().Name != "images" {
		t.Errorf("got facts %+v and %+v", train.Facts(), test.Facts())
	}
}

func TestNumbers(t *testing.T) {
	sets, err := Load("testdata/numbers.npz", Options{Test: 0.25})
	if err != nil {
		t.Fatal(err)
	}
	if sets.Train.Len() != 15 || sets.Test.Len() != 5 || sets.Train.Classes() != 0 ||
		data.FieldsOf(sets.Test)[0].Name != "target" {
		t.Errorf("got %d and %d samples of %d classes", sets.Train.Len(), sets.Test.Len(), sets.Train.Classes())
	}
}

// npy returns a file with a header and elements.
func npy(header, elements string) []byte {
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	return append(append(b, header...), elements...)
}

func TestErrors(t *testing.T) {
	huge := "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 100), }"
	for _, c := range []struct {
		b    []byte
		want string
	}{
		{nil, `begins with \x93NUMPY`},
		{npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "x"), "want descr of integers"},
		{npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }", "xx"), "type: got f2"},
		{npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", "xx"), "np.ascontiguousarray"},
		{npy(huge, "12345678"), "data: got 8 bytes after the header, want 800000000"},
		{npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 4000000000), }", ""), "want at most"},
		{npy("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 2), }", ""), "dimension 0 of [0 2] is 0"},
		{npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "abc"), "got 3 bytes after the header, want 2"},
	} {
		_, err := ReadArray(bytes.NewReader(c.b), int64(len(c.b)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: got %v, want %q", c.b, err, c.want)
		}
	}
}

// folder writes arrays of bytes to files.
func folder(t *testing.T, arrays map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, a := range arrays {
		shape, elements, _ := strings.Cut(a, ":")
		b := npy("{'descr': '|u1', 'fortran_order': False, 'shape': "+shape+", }", elements)
		if err := os.WriteFile(filepath.Join(dir, name+".npy"), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// The parts of a data set are of one kind, and have the classes of the whole.
func TestParts(t *testing.T) {
	for _, c := range []struct {
		arrays map[string]string
		want   string // "": no error
	}{
		// class 7 may be in the test part only
		{map[string]string{"x": "(4, 1):abcd", "y": "(4,):\x00\x00\x00\x07"}, ""},
		// two or four channels are no image
		{map[string]string{"x": "(4, 2, 1, 4):abcdefghabcdefghabcdefghabcdefgh", "y": "(4,):\x00\x00\x01\x01"}, ""},
		{
			map[string]string{"x_train": "(1, 1):a", "y_train": "(1,):\x00", "x_test": "(1, 2):ab", "y_test": "(1,):\x00"},
			": test: got samples of shape [2], want [1] as in the training part",
		},
		{
			map[string]string{"x_train": "(1, 1):a", "y_train": "(1,):\x00", "x_val": "(1, 1):a", "y_val": "(1, 2):\x00\x01"},
			": val: got y that are no classes",
		},
	} {
		for seed := range uint64(8) {
			sets, err := Load(folder(t, c.arrays), Options{Test: 1, Seed: seed})
			switch {
			case c.want != "":
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%q: got %v, want %q", c.arrays, err, c.want)
				}
			case err != nil:
				t.Errorf("%q: %v", c.arrays, err)
			default:
				if _, ok := sets.Train.(*data.Tensors); !ok || sets.Train.Classes() != sets.Test.Classes() {
					t.Errorf("%q: got %T of %d and %d classes", c.arrays, sets.Train, sets.Train.Classes(), sets.Test.Classes())
				}
			}
		}
	}
}

// A validation part without a test part is the test.
func TestValidIsTest(t *testing.T) {
	sets, err := Load(folder(t, map[string]string{
		"x_train": "(4, 1):abcd", "y_train": "(4,):\x00\x00\x01\x01", "x_val": "(2, 1):ab", "y_val": "(2,):\x00\x01",
	}), Options{Test: 1})
	if err != nil || sets.Train.Len() != 4 || sets.Valid != nil || sets.Test.Len() != 2 ||
		!slices.Equal(sets.Notes, []string{data.ValidIsTest}) {
		t.Errorf("got %+v, %v", sets, err)
	}
}

// archive writes a .npz file whose directory states sizes of its own.
func archive(t *testing.T, method uint16, packed []byte, stated, size uint64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.npz")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"x.npy", "y.npy"} {
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: method, CompressedSize64: stated, UncompressedSize64: size,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(packed); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// bomb returns n zeros behind a header, packed, and how many bytes they are.
func bomb(t *testing.T, n int) (packed []byte, size uint64) {
	t.Helper()
	header := npy(fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (1, %d), }", n), "")
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(header); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, int64(n)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), uint64(len(header) + n)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// What claims to be large in a small file is an error that takes little memory.
func TestBombs(t *testing.T) {
	paths := map[string]string{}
	for _, size := range []uint64{1 << 40, 1 << 31, 1 << 27, 1 << 20} {
		paths[fmt.Sprint(size, " bytes")] = archive(t, zip.Deflate, []byte{1, 2, 3}, 3, size)
	}
	paths["2 GB that are stored"] = archive(t, zip.Store, []byte{1, 2, 3}, 1<<31-1, 1<<31-1)
	packed, size := bomb(t, 100<<20)
	paths["zeros"] = archive(t, zip.Deflate, packed, uint64(len(packed)), size)
	paths["zeros that are said to be few"] = archive(t, zip.Deflate, packed, uint64(len(packed)), 1<<20)
	inner, err := os.ReadFile(paths["zeros"])
	if err != nil {
		t.Fatal(err)
	}
	paths["an archive in an archive"] = archive(t, zip.Store, inner, uint64(len(inner)), uint64(len(inner)))
	limits := limittest.Limits{Bytes: 40 << 20, Time: time.Second}
	for name, path := range paths {
		limits.Run(t, name, func() {
			if _, err := Load(path, Options{Test: 0.2}); err == nil {
				t.Errorf("%s: no error", name)
			}
		})
	}
}

func FuzzNumPy(f *testing.F) {
	for _, name := range []string{"types.npz", "images.npz", "numbers.npz", "fortran.npy", "object.npy"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
		string(binary.LittleEndian.AppendUint64(nil, 7))))
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, b []byte) {
		limits.Run(t, "arrays", func() { fuzzed(t, b) })
	})
}

// fuzzed reads bytes as a .npy and as a .npz file.
func fuzzed(t *testing.T, b []byte) {
	a, err := ReadArray(bytes.NewReader(b), int64(len(b)))
	if err == nil && a.Len() > len(b) {
		t.Errorf("%d elements from %d bytes", a.Len(), len(b))
	}
	limittest.OneLine(t, err)
	path := filepath.Join(t.TempDir(), "x.npz")
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	sets, err := Load(path, Options{Test: 0.2})
	limittest.OneLine(t, err)
	if err == nil && (sets.Train.Len() < 1 || sets.Test.Len() < 1) {
		t.Error("an empty part")
	}
}

// pixels returns the pixels of an image.
func pixels(t *testing.T, d *data.Images, i int) []byte {
	t.Helper()
	shape := d.Shape()
	b := make([]byte, shape[0]*shape[1]*shape[2])
	if err := d.Pixels(i, b); err != nil {
		t.Fatal(err)
	}
	return b
}
