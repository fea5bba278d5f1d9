package app

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/longtest"
	"anneal/runs"
)

// bands writes an IDX data set of as many classes, of images of 12×12 in which a band of the class's place and
// brightness is, and returns its folder.
func bands(t *testing.T, classes, perClass int) string {
	t.Helper()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	for part, n := range map[string]int{"train": classes * perClass, "t10k": classes * 2} {
		images, labels := make([]byte, n*144), make([]byte, n)
		for i := range n {
			class := i % classes
			labels[i] = byte(class)
			for j := range 144 {
				v := r.IntN(40)
				if j/12 == class%12 {
					v += 90 + 60*(class/12)
				}
				images[i*144+j] = byte(v)
			}
		}
		write(t, filepath.Join(dir, part+"-images-idx3-ubyte"), idx([]int{n, 12, 12}, images))
		write(t, filepath.Join(dir, part+"-labels-idx1-ubyte"), idx([]int{n}, labels))
	}
	return dir
}

// TestClassesOfTheData trains on 24 classes: the network has 24 logits, which every command knows from the run.
func TestClassesOfTheData(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), bands(t, 24, 8)
	picture := image.NewGray(image.Rect(0, 0, 12, 12))
	for x := range 12 {
		picture.Set(x, 3, color.Gray{160})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "band.png"), b.Bytes())
	run := []string{"--model=mlp-bn", "--data", set, "--epochs=3", "--quiet", "--out=run"}
	if got := mnist(t, dir, run...); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	if name := must(runs.ReadRecord(filepath.Join(dir, "run"))).Model; name != "mlp-bn(classes=24)" {
		t.Errorf("the record names %s", name)
	}
	for _, c := range []struct{ args, says string }{
		{"eval --init=run/final.safetensors", "/48)"},
		{"eval --init=run/final.safetensors --model=mlp-bn", "/48)"},
		{"predict --init=run/final.safetensors band.png --format=csv", "P(23)"},
		{"export --init=run/final.safetensors --onnx=net.onnx", "mlp-bn(classes=24)"},
		{"summary --init=run/final.safetensors", "mlp-bn(classes=24)"},
		{"recalibrate --init=run/final.safetensors --out=new.safetensors", "mlp-bn(classes=24)"},
		{"train --resume=run --epochs=4 --quiet", ""},
	} {
		if got := mnist(t, dir, strings.Fields(c.args)...); got.code != exitOK || !strings.Contains(got.stdout, c.says) {
			t.Errorf("%s: got %+v, want %s", c.args, got, c.says)
		}
	}
}

// TestAutoencoder trains one on labelled images: nothing speaks of accuracy, and it is evaluated and resumed with its
// own loss.
func TestAutoencoder(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), bands(t, 12, 20)
	run := []string{
		"--model=autoencoder", "--data", set, "--epochs=3", "--patience=3", "--out=run", "--solver=Adam(lr=0.01)",
	}
	got := mnist(t, dir, run...)
	if got.code != exitOK || strings.Contains(got.stdout+got.stderr, "accuracy") {
		t.Fatalf("got %+v", got)
	}
	record := must(runs.ReadRecord(filepath.Join(dir, "run")))
	if record.Loss != "MSELoss() target x" || record.Best != runs.ByLoss ||
		record.Train.Mean != 0 || record.Train.Std != 1 {
		t.Errorf("the record is %+v", record)
	}
	got = mnist(t, dir, "eval", "--init=run/final.safetensors", "--format=json")
	var e map[string]float64
	err := json.Unmarshal([]byte(got.stdout), &e)
	if err != nil || len(e) != 2 || !(e["test_loss"] < 0.05) || e["total"] != 24 {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"train --resume=run --epochs=4 --quiet", exitOK, ""},
		{"export --init=run/final.safetensors --onnx=net.onnx", exitOK, ""},
		{"eval --init=run/final.safetensors --per-class", exitFailed, "--per-class: autoencoder tells no classes apart"},
		{"predict --init=run/final.safetensors --output=logits band.png", exitFailed, `got "logits", want values`},
		{"train --model=mlp-regression --data=" + set, exitFailed, `the data has no field "target"`},
		{"compare --model=mlp,autoencoder --data=" + set, exitFailed, "want models for the same task"},
		{"lrfind --model=autoencoder --steps=20 --try-steps=20 --seeds=1 --format=csv --data=" + set, exitOK, ""},
	} {
		if got := mnist(t, dir, strings.Fields(c.args)...); got.code != c.code || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: got %+v, want %s", c.args, got, c.says)
		}
	}
}
