package app

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
	"anneal/internal/longtest"
	"anneal/internal/picture/picturetest"
)

// npyOf returns the beginning of a .npy file.
func npyOf(kind, shape string) string {
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, shape)
	return "\x93NUMPY\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(head)))) + head
}

// Files of at most 4 MB that the commands read cost at most a second of the processor and 200 MB, whatever they hold,
// and their errors are short.
func TestFileBombs(t *testing.T) {
	longtest.SkipIfRace(t, "measures what large files take")
	const most = 4 << 20
	network, err := filepath.Abs("../../../deploy/predict/testdata/lenet-bn.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	var entries, zeros bytes.Buffer
	z := zip.NewWriter(&entries)
	for i := range 20_000 {
		if _, err := z.Create(fmt.Sprintf("x%d.npy", i)); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	g, err := gzip.NewWriterLevel(&zeros, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		g.Write(make([]byte, 1<<20))
	}
	g.Close()
	lines := func(n int, line string) string { // distinct ones
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	for file, content := range map[string]string{
		"cell.csv":     "a,b\n1," + strings.Repeat("1", most-8),
		"quoted.csv":   "a,b\n\"" + strings.Repeat(`""`, most/2-8),
		"columns.csv":  strings.Repeat("a,", most/2),
		"rows.csv":     "a\n" + strings.Repeat("1\n", most/4),
		"words.csv":    "a,b\n" + lines(300_000, "w%d,1\n"),
		"empty.csv":    strings.Repeat("\n", most),
		"tabs.tsv":     strings.Repeat("\t", most),
		"deep.json":    strings.Repeat("[", most),
		"deepx.json":   `{"x":` + strings.Repeat("[", most-8),
		"keys.json":    "{" + strings.Repeat(`"a":1,`, most/8) + `"b":2}`,
		"objects.json": "[" + strings.Repeat("{},", most/4) + "{}]",
		"numbers.json": `{"pixels":[` + strings.Repeat("0,", most/2-16) + "0]}",
		"digits.json":  `{"pixels":[` + strings.Repeat("1", most-16) + "]}",
		"text.json":    `{"` + strings.Repeat("a", most-16) + `":1}`,
		"claims.npy":   npyOf("<f8", "1000000, 28, 28") + strings.Repeat("\x00", 1000),
		"ones.npy":     npyOf("|u1", strings.Repeat("1, ", 10_000)),
		"dims.npy":     npyOf("|u1", "0, 28, 28"),
		"long.npy":     npyOf("|u1", fmt.Sprint(most-200)) + strings.Repeat("\x00", most-200),
		"many.npz":     entries.String(),
		"zeros.npz":    zeros.String(),
		"zip.npz":      "PK\x03\x04" + strings.Repeat("PK\x05\x06", most/4),
		"text.txt":     strings.Repeat("é", most/2),
		"bits.png":     string(picturetest.PNG(4096, 4096, 16, 6, 0, 4096*(1+8*4096))),
		"strips.tif":   string(picturetest.FlatTIFF(3200, 3200, 3, 8, 3200)),
		"pixels.jpg":   string(picturetest.FlatJPEG(7000, 5400, 0x22, 0x11, 0x11)),
		"zeros.png":    "\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", most-8),
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, file)
		write(t, path, []byte(content[:min(len(content), most)]))
		for _, args := range [][]string{
			{"data", "--data", path, "--quiet"},
			{"predict", "--init", network, "--model", "lenet-bn", path},
			{"eval", "--init", network, "--model", "lenet-bn", "--data", path},
			{"inspect", path},
			{"compare", "--print", "--file", path},
		} {
			var stderr bytes.Buffer
			what := args[0] + " " + file
			limittest.Limits{Bytes: 200 << 20, Time: time.Second}.Run(t, what, func() {
				Run(t.Context(), args, io.Discard, &stderr)
			})
			if lines := strings.Count(stderr.String(), "\n"); lines > 3 || stderr.Len() > 2*maxLine {
				t.Errorf("%s: got %d lines and %d bytes: %.300q", what, lines, stderr.Len(), &stderr)
			}
		}
	}
}
