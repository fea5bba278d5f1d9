package predict

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/solvers"
	"anneal/train"
)

func TestFit(t *testing.T) {
	grey := image.NewGray(image.Rect(3, 4, 7, 6)) // 4×2
	for i := range grey.Pix {
		grey.Pix[i] = byte(30 * i)
	}
	same, err := Fit(grey, [3]int{1, 2, 4}, 9)
	if err != nil || !bytes.Equal(same, grey.Pix) {
		t.Errorf("of the right size: got %v, %v, want %v", same, err, grey.Pix)
	}
	three, err := Fit(grey, [3]int{3, 2, 4}, 9)
	if err != nil || !bytes.Equal(three, slices.Repeat(grey.Pix, 3)) {
		t.Errorf("three channels: got %v, %v", three, err)
	}
	boxed, err := Fit(grey, [3]int{1, 4, 4}, 9)
	if want := slices.Concat([]byte{9, 9, 9, 9}, grey.Pix, []byte{9, 9, 9, 9}); err != nil || !bytes.Equal(boxed, want) {
		t.Errorf("with room above and below: got %v, %v, want %v", boxed, err, want)
	}

	// A white sheet, the left half of which is red and half transparent.
	sheet := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for y := range 40 {
		for x := range 40 {
			c := color.NRGBA{255, 255, 255, 255}
			if x < 20 {
				c = color.NRGBA{255, 0, 0, 128}
			}
			sheet.Set(x, y, c)
		}
	}
	half, err := Fit(sheet, [3]int{3, 2, 2}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{128, 255, 128, 255, 0, 255, 0, 255, 0, 255, 0, 255} {
		if d := int(half[i]) - want; d < -40 || d > 40 { // the kernel mixes a little of the other half in
			t.Errorf("got %v, want about %d at %d", half, want, i)
		}
	}
	luma, err := Fit(sheet, [3]int{1, 2, 2}, 0)
	if err != nil || luma[1] < 215 || luma[0] < 25 || luma[0] > 78 { // 0.299·128 = 38 and some white
		t.Errorf("got %v, %v", luma, err)
	}
	tall, err := Fit(image.NewGray(image.Rect(0, 0, 1, 500)), [3]int{1, 8, 8}, 200)
	if n := bytes.Count(tall, []byte{0}); err != nil || n != 8 {
		t.Errorf("got %d pixels of the picture in %v, %v, want a column of 8", n, tall, err)
	}
	for want, c := range map[string]struct {
		img      image.Image
		channels int
	}{
		"samples of 2 channels: want 1 or 3": {grey, 2},
		"picture of 0×0 pixels":              {image.NewGray(image.Rectangle{}), 1},
	} {
		if _, err := Fit(c.img, [3]int{c.channels, 4, 4}, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// resized is what torchvision's Resize makes of the picture of TestFitAsTorchvision, by testdata/resize.py.
var resized = []int{
	90, 135, 141, 137, 126, 129, 137, 154, 148, 131, 127, 136, 134, 129, 129, 122,
	123, 136, 123, 120, 129, 136, 143, 132, 144, 128, 131, 118, 110, 132, 129, 125,
	118, 130, 124, 135, 130, 131, 134, 133, 125, 123, 127, 122, 130, 115, 127, 130,
	131, 139, 131, 133, 132, 127, 118, 128, 120, 133, 127, 104, 129, 135, 117, 128,
}

func TestFitAsTorchvision(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 30, 30))
	for y := range 30 {
		for x := range 30 {
			img.Pix[30*y+x] = byte((x*x*7 + y*31 + x*y*3) % 256)
		}
	}
	got, err := Fit(img, [3]int{1, 8, 8}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range resized {
		if d := int(got[i]) - want; d < -2 || d > 2 {
			t.Errorf("pixel %d: got %d, want %d ± 2", i, got[i], want)
		}
	}
}

// described is a data set of 3×8×8 pixels in three classes, that of the brightest channel.
type described struct{ n int }

func (d described) Len() int      { return d.n }
func (d described) Shape() [3]int { return [3]int{3, 8, 8} }
func (d described) Classes() int  { return 3 }

var channelMeans, channelStds = []float64{0.5, 0.25, 0.125}, []float64{0.25, 0.5, 1}

func (d described) pixel(i, c int) byte {
	if i%3 == c {
		return byte(100 + i%100)
	}
	return byte(i % 50)
}

func (d described) Read(i int, x []float32) (int32, error) {
	for j := range x {
		c := j / 64
		x[j] = float32((float64(d.pixel(i, c))/255 - channelMeans[c]) / channelStds[c])
	}
	return int32(i % 3), nil
}

func (d described) Facts() data.Facts {
	return data.Facts{
		Name: "lamps", ClassNames: []string{"red", "green", "blue"}, Mean: channelMeans, Std: channelStds, Background: 1,
	}
}

// TestLoadKnowsTheData trains a user's own model on a user's own data from Go, and predicts with what Load finds in the
// file, from pictures: image by image as in the evaluation.
func TestLoadKnowsTheData(t *testing.T) {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Linear("fc", b.Flatten(b.ReLU(b.BatchNorm("bn", b.Conv2D("conv", x, 4, 3)))), 3)
	}
	dir := filepath.Join(t.TempDir(), "run")
	result, err := train.Run(t.Context(), train.Config{
		Model: model, Train: described{90}, Validation: described{30}, Test: described{60}, Dir: dir,
		Solver:   solvers.SGD{LR: 0.05},
		Settings: train.Settings{Epochs: 3, Batch: 30, EMA: 0.9},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{runs.FinalFile, runs.LastFile, runs.BestFile, runs.EMAFile} {
		p, err := Load(filepath.Join(dir, name), model)
		if err != nil {
			t.Fatal(err)
		}
		if o := p.Options(); o.DataName != "lamps" || !slices.Equal(o.Means, channelMeans) ||
			!slices.Equal(o.Stds, channelStds) || o.Background != 1 || o.Preprocess != runs.PreprocessNone {
			t.Errorf("%s: got %+v", name, o)
		}
		set, right := described{60}, 0
		for i := range set.n {
			img := image.NewRGBA(image.Rect(0, 0, 8, 8))
			for j := range 64 {
				copy(img.Pix[4*j:], []byte{set.pixel(i, 0), set.pixel(i, 1), set.pixel(i, 2), 255})
			}
			pixels, err := p.Pixels(img)
			if err != nil {
				t.Fatal(err)
			}
			x := make([]float32, 3*64)
			label, err := set.Read(i, x)
			if err != nil {
				t.Fatal(err)
			}
			want, err := p.Predict(x)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.ClassifyPixels(pixels)
			if err != nil || got[0].Class != want[0].Class || got[0].Name != set.Facts().ClassNames[got[0].Class] {
				t.Errorf("%s, image %d: got %+v, %v, want class %d", name, i, got, err, want[0].Class)
			}
			if got[0].Class == int(label) {
				right++
			}
		}
		if n := result.Epochs[2].Correct; name == runs.FinalFile && right != n {
			t.Errorf("%d of 60 right, want %d as in the evaluation", right, n)
		}
	}
}

// TestLoadRefuses has files that do not say how pictures become samples.
func TestLoadRefuses(t *testing.T) {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 2) }
	samples, err := data.NewMemory([3]int{1, 2, 2}, 2, make([]float32, 16), []int32{0, 1, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := train.Run(t.Context(), train.Config{
		Model: model, Train: samples, Test: samples, Solver: solvers.SGD{LR: 0.1}, Dir: dir,
		Settings: train.Settings{Epochs: 1},
	}); err != nil {
		t.Fatal(err)
	}
	p, err := Load(filepath.Join(dir, runs.FinalFile), model)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Predict(make([]float32, 4)); err != nil {
		t.Errorf("normalised samples: %v", err)
	}
	if _, err := p.ClassifyPixels(make([]byte, 4)); err == nil || !strings.Contains(err.Error(), "want a mean and") {
		t.Errorf("got %v of pixels that nobody has said how to normalise", err)
	}
	if _, err := Load(filepath.Join("..", "..", "train", "testdata", "lenet_init.safetensors"), model); err == nil ||
		!strings.Contains(err.Error(), "does not say what its network was trained on") {
		t.Errorf("got %v of a file without facts", err)
	}
	for says, o := range map[string]Options{
		`Preprocess: got "digits"`:                   {Preprocess: "digits"},
		`Preprocess: got "digit" for samples of sha`: {Shape: [3]int{3, 32, 32}, Preprocess: runs.PreprocessDigit},
		"Means and Stds: got 3 and 3 numbers":        {Means: channelMeans, Stds: channelStds},
		"Means and Stds: got 1 and 0 numbers":        {Means: []float64{1}},
		"Background: got 2":                          {Background: 2},
	} {
		if _, err := New(model, graph.NewParams(0, tensor.Float32), o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}

// A JPEG in colour for a network of grey samples.
func TestFitJPEG(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 28, 28))
	for i := range 28 * 28 {
		copy(img.Pix[4*i:], []byte{200, 100, 50, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	decoded, err := Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Fit(decoded, [3]int{1, 28, 28}, 0)
	if err != nil || got[400] < 122 || got[400] > 126 { // 0.299·200 + 0.587·100 + 0.114·50 = 124.2
		t.Errorf("got %v, %v", got, err)
	}
}
