package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// idxFile makes an IDX file of unsigned bytes.
func idxFile(data []byte, dims ...int) []byte {
	b := []byte{0, 0, idxUint8, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, data...)
}

func zipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func write(t testing.TB, path string, b []byte) string {
	t.Helper()
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadIDX(t *testing.T) {
	plain := idxFile([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	// The content says whether a file is compressed, not its name.
	for name, content := range map[string][]byte{"plain.gz": plain, "zipped": zipped(t, plain)} {
		x, err := readIDX(write(t, filepath.Join(t.TempDir(), name), content), 3)
		if err != nil || !slices.Equal(x.dims, []int{1, 2, 3}) || !bytes.Equal(x.data, []byte{1, 2, 3, 4, 5, 6}) {
			t.Errorf("%s: got %v, %v", name, x, err)
		}
	}
}

func TestReadIDXErrors(t *testing.T) {
	good := idxFile([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	gz := zipped(t, good)
	change := func(b []byte, i int, v byte) []byte { b = bytes.Clone(b); b[i] = v; return b }
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "magic: got 0 bytes, want 4"},
		{"magic", change(good, 0, 1), "magic: got 01 00 08 03, want 00 00 08"},
		{"text", []byte("hello, world"), "magic: got 68 65 6c 6c"},
		{"type", change(good, 2, 0x0d), "element type: got 0x0d, want 0x08"},
		{"labels for images", idxFile([]byte{1}, 1), "dimensions: got 1, want 3 or 4"},
		{"short dimensions", good[:10], "dimensions: got 6 bytes, want 12"},
		{"zero", idxFile(nil, 0, 2, 3), "dimension 0: got 0, want at least 1"},
		{"truncated", good[:len(good)-1], "data: got 5 bytes, want 6"},
		{"trailing", append(bytes.Clone(good), 0), "data: got bytes after the last element, want exactly 6"},
		{"4 GB", idxFile(nil, 65536, 256, 256), "dimension 2: got 256, want at most 127"},
		{"overflow", idxFile(nil, 1<<30, 1<<30, 4), "dimension 1: got 1073741824, want at most 1 "},
		{"1 GB", idxFile(nil, 1<<10, 1<<10, 1<<10), "data: got a file that can hold no more than 16 bytes, want 1073741824"},
		{"gzip of 1 GB", zipped(t, idxFile(nil, 1<<10, 1<<10, 1<<10)), "data: got a gzip file that can hold no more than"},
		{"gzip header", gz[:5], "gzip header: unexpected EOF"},
		{"gzip truncated", gz[:len(gz)/2], "the file is truncated"},
		{"gzip without its checksum", gz[:len(gz)-8], "end of file: unexpected EOF"},
		{"gzip checksum", change(gz, len(gz)-8, gz[len(gz)-8]^1), "end of file: gzip: invalid checksum"},
		{"gzip trailing", append(bytes.Clone(gz), 1, 2, 3), "end of file:"},
		{"gzip longer", zipped(t, append(bytes.Clone(good), 0)), "data: got bytes after the last element"},
	} {
		path := write(t, filepath.Join(t.TempDir(), "x"), c.content)
		_, err := readIDX(path, 3, 4)
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", c.name, err, c.want)
		}
	}
	if _, err := readIDX(t.TempDir(), 3); err == nil || !strings.Contains(err.Error(), "want a regular file") {
		t.Errorf("a folder: got %v", err)
	}
}

func TestHeaderAllocatesNothing(t *testing.T) {
	b := idxFile(make([]byte, 100), 2000, 1000, 1000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := parseIDX(bytes.NewReader(b), int64(len(b)), 3); err == nil {
		t.Error("no error")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<16 {
		t.Errorf("a header that claims 2 GB made %d bytes be allocated", n)
	}
}

// A small file of many zeros is an error that takes little memory.
func TestIDXBombs(t *testing.T) {
	zeros := zipped(t, idxFile(make([]byte, 40<<20), 40, 1024, 1024))
	limits := limittest.Limits{Bytes: 10 << 20, Time: time.Second}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"zeros":                 {zeros, "41943040 bytes are packed into"},
		"zeros that are zipped": {zipped(t, zeros), "magic: got 1f 8b"},
		"a great head":          {idxFile(nil, 1<<30, 1), "can hold no more than"},
	} {
		limits.Run(t, name, func() {
			_, err := parseIDX(bytes.NewReader(c.b), int64(len(c.b)), 2, 3)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v, want %q", name, err, c.want)
			}
		})
	}
}

func FuzzIDX(f *testing.F) {
	good := idxFile([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	for _, seed := range [][]byte{
		nil, good, good[:7], zipped(f, good), idxFile(nil, 1<<30, 1<<30, 4),
		idxFile([]byte{7}, 1, 1, 1, 1),
	} {
		f.Add(seed)
	}
	limits := limittest.Limits{Bytes: 64 << 20, Time: time.Second}
	f.Fuzz(func(t *testing.T, b []byte) {
		var x idx
		var err error
		limits.Run(t, "an IDX file", func() { x, err = parseIDX(bytes.NewReader(b), int64(len(b)), 1, 3, 4) })
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		total := 1
		for _, d := range x.dims {
			total *= d
		}
		if total != len(x.data) || total > maxInflate*len(b) {
			t.Fatalf("dimensions %v with %d bytes of data from %d", x.dims, len(x.data), len(b))
		}
	})
}
