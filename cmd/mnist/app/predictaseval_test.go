package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/data"
	"anneal/internal/longtest"
	"anneal/train"
	"anneal/weights"
)

// pictures writes the first n images of a set as PNG files, and returns their names.
func pictures(t *testing.T, set *data.Images, n int) []string {
	t.Helper()
	dir, x := t.TempDir(), make([]float32, 784)
	var names []string
	for i := range n {
		if _, err := set.Read(i, x); err != nil {
			t.Fatal(err)
		}
		img := image.NewGray(image.Rect(0, 0, 28, 28))
		for j, v := range x {
			img.Pix[j] = byte(math.Round(255 * (set.Std()*float64(v) + set.Mean())))
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.Join(dir, fmt.Sprintf("%d.png", i)))
		write(t, names[i], b.Bytes())
	}
	return names
}

// evaluated returns the class of each of the first n images of a set according to the evaluation.
func evaluated(t *testing.T, model modelFlag, file string, set data.Dataset, n int) []int {
	t.Helper()
	first, err := data.Limit(set, n)
	if err != nil {
		t.Fatal(err)
	}
	e, err := train.NewEvaluator(model.draw, nil, first, 200)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Load(file, e.Params()); err != nil {
		t.Fatal(err)
	}
	wrong, err := e.Mistakes(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	classes, x := make([]int, n), make([]float32, 784)
	for i := range classes {
		label, err := set.Read(i, x)
		if err != nil {
			t.Fatal(err)
		}
		classes[i] = int(label)
	}
	for _, m := range wrong.Mistakes {
		classes[m.Index] = m.Predicted
	}
	t.Logf("%d of %d right", n-len(wrong.Mistakes), n)
	return classes
}

// namedAnswer is a line of JSON that predict prints about a picture, if the classes have names.
type namedAnswer struct {
	Picture       string    `json:"picture"`
	Class         int       `json:"class"`
	Name          string    `json:"name"`
	Probabilities []float64 `json:"probabilities"`
}

// comparePredictions checks that predict gives the pictures of a set the classes and names that the evaluation gives
// its images.
func comparePredictions(t *testing.T, dir, name, folder string, n int, names []string) {
	t.Helper()
	pair, err := data.Load(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	var model modelFlag
	if err := model.UnmarshalText([]byte(name)); err != nil {
		t.Fatal(err)
	}
	want := evaluated(t, model, filepath.Join(dir, "run", "final.safetensors"), pair.Test, n)
	args := append([]string{"predict", "--init", "run/final.safetensors", "--format=json"}, pictures(t, pair.Test, n)...)
	got := mnist(t, dir, args...)
	if got.code != exitOK || got.stderr != "" {
		t.Fatalf("got %+v", got)
	}
	d := json.NewDecoder(strings.NewReader(got.stdout))
	d.DisallowUnknownFields()
	for i, class := range want {
		var a namedAnswer
		if err := d.Decode(&a); err != nil || a.Class != class || a.Name != names[class] {
			t.Errorf("picture %d: got %+v, %v, want class %d as in the evaluation", i, a, err, class)
		}
	}
}

// TestPredictAsEval trains on images that are no digits, and predicts from pictures of the test images.
func TestPredictAsEval(t *testing.T) {
	longtest.SkipIfRace(t, "starts the program several times")
	dir, set := t.TempDir(), clothes(t, "wardrobe", 400, 0)
	if got := mnist(t, dir, "--data", set, "--epochs", "2", "--out", "run", "--quiet"); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	comparePredictions(t, dir, "lenet-bn(classes=4)", set, 200, garments)

	// A network of named classes in tables and JSON.
	picture := pictures(t, must(data.Load(t.Context(), set)).Test, 1)[0]
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"predict", picture}, []string{"picture", "class", "P(Ankle boot)"}},
		{[]string{"predict", "--format=csv", picture}, []string{"picture,class,P(T-shirt/top),P(Trouser),P(Dress)"}},
		{[]string{"predict", "--classes=a,b,c", picture}, []string{"P(a)", "P(c)", "P(3)"}},
		{[]string{"eval", "--per-class", "--data", set}, []string{"as T-shirt/top", "as Ankle boot", "\n    Trouser "}},
		{[]string{"eval", "--per-class", "--format=json", "--data", set}, []string{`"Ankle boot"`}},
		{[]string{"inspect"}, []string{`"Ankle boot"`, `"wardrobe"`, `"preprocess": "none"`}},
	} {
		args := append(c.args, "--init=run/final.safetensors")
		if c.args[0] == "inspect" {
			args = []string{"inspect", "run/final.safetensors"}
		}
		got := mnist(t, dir, args...)
		for _, want := range c.want {
			if got.code != exitOK || !strings.Contains(got.stdout, want) {
				t.Errorf("%v: got %+v, want %s", args, got, want)
			}
		}
	}
	onnx := mnist(t, dir, "export", "--init=run/final.safetensors", "--onnx=net.onnx")
	for _, want := range []string{
		"class_names", `["T-shirt/top","Trouser","Dress","Ankle boot"]`, "wardrobe", "preprocess", "data_sha256",
		"[1,28,28]",
	} {
		if onnx.code != exitOK || !bytes.Contains(content(t, dir, "net.onnx"), []byte(want)) {
			t.Errorf("export: got %+v and a file without %s", onnx, want)
		}
	}

	// A network that goes on from it keeps the facts, and so does a copy with other statistics.
	if got := mnist(t, dir, "recalibrate", "--init=run/final.safetensors", "--out=new.safetensors", "--data", set,
		"--quiet"); got.code != exitOK || got.stderr != "" {
		t.Errorf("got %+v", got)
	}
	for _, file := range []string{"run/last.safetensors", "new.safetensors"} {
		i, err := weights.Inspect(filepath.Join(dir, file))
		if err != nil || i.Data == nil || i.Data.Name != "wardrobe" || !slices.Equal(i.Data.ClassNames, garments) ||
			i.Data.Preprocess != "none" || i.Data.Std == 0 {
			t.Errorf("%s: got %+v, %v", file, i, err)
		}
	}
}

// TestPredictAsEvalFashion does so on Fashion-MNIST.
func TestPredictAsEvalFashion(t *testing.T) {
	longtest.SkipIfShort(t, "trains on 20,000 images")
	const folder = "/usr/share/datasets/fashion-mnist"
	if !exists(folder) {
		t.Skipf("no %s: apt-get install dataset-fashion-mnist", folder)
	}
	dir := t.TempDir()
	if got := mnist(t, dir, "--data", folder, "--epochs", "1", "--train-limit", "20000", "--out", "run",
		"--quiet"); got.code != exitOK {
		t.Fatalf("got %+v", got)
	}
	names := must(data.Load(t.Context(), folder)).Test.Facts().ClassNames
	comparePredictions(t, dir, "lenet-bn", folder, 500, names)
	// Without --data, the network is evaluated on its own data.
	got := mnist(t, dir, "eval", "--init=run/final.safetensors", "--format=json")
	var e evaluationRecord
	if err := json.Unmarshal([]byte(got.stdout), &e); err != nil || e.Accuracy < 0.75 ||
		!strings.Contains(got.stderr, "was trained on Fashion-MNIST") || strings.Contains(got.stderr, "warning") {
		t.Errorf("got %+v, %v", got, err)
	}
	// Away from its run's folder, nobody knows where that is.
	write(t, filepath.Join(dir, "alone.safetensors"), content(t, dir, "run", "final.safetensors"))
	got = mnist(t, dir, "eval", "--init=alone.safetensors", "--quiet")
	if got.code != exitOK || !strings.Contains(got.stderr, "on Fashion-MNIST, and these are MNIST; --data") {
		t.Errorf("got %+v", got)
	}
}
