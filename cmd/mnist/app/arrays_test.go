package app

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// npy returns an array in the format of a .npy file.
func npy(t *testing.T, shape string, values any) []byte {
	t.Helper()
	descr := map[bool]string{true: "|u1", false: "<f4"}
	_, isBytes := values.([]byte)
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr[isBytes], shape)
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00" + string([]byte{byte(len(head)), 0}) + head)
	if err := binary.Write(&b, binary.LittleEndian, values); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPredictArrays trains on samples of 2×3 numbers, and predicts from arrays and JSON.
func TestPredictArrays(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir := t.TempDir()
	var x []float32
	var y []byte
	for i := range 40 {
		class := i % 2
		for k := range 6 {
			x = append(x, float32(4*class-2)+float32(i*k%5)/10)
		}
		y = append(y, byte(class))
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, content := range map[string][]byte{"x.npy": npy(t, "40, 2, 3", x), "y.npy": npy(t, "40,", y)} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "set.npz"), archive.Bytes())
	if got := mnist(t, dir, strings.Fields("--data=set.npz --model=mlp --solver=Adam(lr=0.01) --epochs=4 --batch=8 "+
		"--valid=none --out=run --quiet")...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	write(t, filepath.Join(dir, "one.npy"), npy(t, "2, 3", x[:6]))
	write(t, filepath.Join(dir, "all.npy"), npy(t, "40, 2, 3", x))
	write(t, filepath.Join(dir, "other.npy"), npy(t, "3, 2", x[:6]))
	write(t, filepath.Join(dir, "two.json"), []byte(`[{"x":[[-2,-2,-2],[-2,-2,-2]]},{"x":[2,2,2,2,2,2]}]`))
	write(t, filepath.Join(dir, "a.png"), []byte("\x89PNG"))
	rows := predicted(t, dir, "--init=run/final.safetensors", "one.npy", "all.npy", "two.json")
	if len(rows) != 43 {
		t.Fatalf("got %d rows, want 43", len(rows))
	}
	for i, row := range rows[1:41] {
		if row["class"] != fmt.Sprint(i%2) {
			t.Errorf("row %d: got %v, want class %d", i, row, i%2)
		}
	}
	if rows[0]["P(1)"] != rows[1]["P(1)"] || rows[41]["class"] != "0" || rows[42]["class"] != "1" ||
		rows[42]["row"] != "2" {
		t.Errorf("got %v, %v, %v, %v", rows[0], rows[1], rows[41], rows[42])
	}
	for file, says := range map[string]string{
		"other.npy": "other.npy: got an array of shape [3 2], want [1 2 3], or several of that shape",
		"a.png":     "a.png: want a .npy or .json file with numbers of shape [1 2 3], which the network takes",
	} {
		got := mnist(t, dir, "predict", "--init=run/final.safetensors", file)
		if got.code != exitFailed || !strings.Contains(got.stderr, says) {
			t.Errorf("%s: got %+v, want %s", file, got, says)
		}
	}
}

// An autoencoder gives values of the shape of its pictures, from a file of a picture or an array of bytes.
func TestPredictPixels(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), bands(t, 12, 4)
	run := []string{"--model=autoencoder", "--data", set, "--epochs=1", "--out=run", "--quiet"}
	if got := mnist(t, dir, run...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	img := image.NewGray(image.Rect(0, 0, 12, 12))
	for i := range 12 {
		img.Pix[12*3+i] = 160
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "band.png"), b.Bytes())
	write(t, filepath.Join(dir, "band.npy"), npy(t, "1, 12, 12", img.Pix))
	rows := predicted(t, dir, "--init=run/final.safetensors", "band.png", "band.npy")
	for i := range 144 {
		name := fmt.Sprintf("value[0,%d,%d]", i/12, i%12)
		if v := rows[0][name]; v == "" || v != rows[1][name] {
			t.Fatalf("%s: got %q and %q", name, v, rows[1][name])
		}
	}
	if rows[0]["picture"] != "band.png" || rows[1]["picture"] != "band.npy:1" {
		t.Errorf("got %v", rows)
	}
	got := mnist(t, dir, "predict", "--init=run/final.safetensors", "--format=json", "band.png")
	if !strings.HasPrefix(got.stdout, `{"picture":"band.png","values":{"value":[[[0.`) {
		t.Errorf("got %+v", got)
	}
}
