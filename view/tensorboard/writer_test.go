package tensorboard

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// written is what a folder's event files hold, in the order of their names.
func written(t *testing.T, folder string) (names []string, content [][]byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, prefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(paths)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		names, content = append(names, filepath.Base(path)), append(content, b)
	}
	return names, content
}

// The bytes are those that Google's protobuf runtime and a CRC of another make have written; see testdata/golden.py.
func TestGolden(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	w, err := create(folder, 7, func() time.Time { return time.UnixMilli(1700000000250) })
	if err != nil {
		t.Fatal(err)
	}
	weights := []float64{-2.5, -1e-13, 0, 0, 0.03, 0.031, 1, 1e6}
	if err := w.Write(7, Scalar("loss/train", 0.1), Distribution("conv1/weight", NewHistogram(weights))); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(300, Text("settings", "rate **0.1**, ε = 1e-5")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	names, content := written(t, folder)
	if len(names) != 1 || !strings.HasPrefix(names[0], "events.out.tfevents.1700000000.") {
		t.Fatalf("got files %v", names)
	}
	golden, err := os.ReadFile("testdata/golden.tfevents")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(content[0], golden) {
		t.Errorf("got\n%x\nwant\n%x", content[0], golden)
	}
	if n := len(records(t, golden)); n != 4 {
		t.Errorf("got %d records, want 4", n)
	}
}

// A file that is begun within the same second, or after the clock went back, is read after the older ones.
func TestNewerFilesSortLast(t *testing.T) {
	folder := t.TempDir()
	for i, second := range []int64{1700000000, 1700000000, 1600000000, 1700000009} {
		w, err := create(folder, i, func() time.Time { return time.Unix(second, 0) })
		if err != nil {
			t.Fatal(err)
		}
		w.Close()
		names, content := written(t, folder)
		start := []byte{0x10, byte(i), 0x3a, 2, 8, 1} // step i, session_log START
		if len(names) != i+1 || !bytes.Contains(content[i], start) {
			t.Errorf("file %d is not the last of %v", i, names)
		}
	}
}

func TestErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(file, "folder"), 0); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a folder in a file: got %v", err)
	}
	w, err := Create(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := w.Write(1, Scalar("x", 1)); err == nil || !strings.HasPrefix(err.Error(), "tensorboard: ") {
		t.Errorf("a closed file: got %v", err)
	}
}
