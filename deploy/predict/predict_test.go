package predict

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/longtest"
	"anneal/models"
	"anneal/weights"
)

func trained(t *testing.T, o Options) *Predictor {
	t.Helper()
	params := graph.NewParams(0, tensor.Float32)
	p, err := New(models.LeNetBN, params, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.Load("testdata/lenet-bn.safetensors", params); err != nil {
		t.Fatal(err)
	}
	return p
}

func right(t *testing.T, p *Predictor, images []*Image, labels []int) int {
	t.Helper()
	predictions, err := p.Classify(images...)
	if err != nil {
		t.Fatal(err)
	}
	if len(predictions) != len(images) {
		t.Fatalf("%d predictions of %d images", len(predictions), len(images))
	}
	count := 0
	for i, got := range predictions {
		if got.Class == labels[i] {
			count++
		}
	}
	return count
}

// Pictures of other sizes, either way round, as PNG or JPEG, are classified as well as the images they were made of.
func TestPicturesAsGoodAsImages(t *testing.T) {
	longtest.SkipIfShort(t, "draws 600 pictures")
	p := trained(t, Options{})
	images, labels := testImages(t, 200)
	raw := right(t, p, images, labels)
	if raw < 196 {
		t.Fatalf("%d of 200 test images right, want 196", raw)
	}
	for round := range 3 { // each image in three ways, at three sizes
		var digits []*Image
		for i, img := range images {
			d, side := drawings[(i+5*round)%len(drawings)], sides[(i/len(drawings)+round)%len(sides)]
			digit, err := Digit(d.picture(t, img, side, side*(i%4)/8))
			if err != nil {
				t.Fatal(err)
			}
			digits = append(digits, digit)
		}
		if got := right(t, p, digits, labels); got < max(raw-2, 196) {
			t.Errorf("round %d: %d of 200 right, want %d", round, got, max(raw-2, 196))
		}
	}
}

// Predictions are the same whatever the batch, each a distribution whose largest share is the class's.
func TestBatchSizes(t *testing.T) {
	alone := trained(t, Options{MaxBatch: 1})
	images, _ := testImages(t, 21)
	want, err := alone.Classify(images...)
	if err != nil {
		t.Fatal(err)
	}
	for _, largest := range []int{0, 5} {
		p := trained(t, Options{MaxBatch: largest})
		for _, n := range []int{21, 1, 2, 3, 5, 8, 0} {
			got, err := p.Classify(images[:n]...)
			if err != nil || len(got) != n {
				t.Fatalf("%d predictions of %d, %v", len(got), n, err)
			}
			for i, g := range got {
				sum := 0.0
				for c, v := range g.Probabilities {
					sum += v
					if !(math.Abs(v-want[i].Probabilities[c]) <= 1e-5) {
						t.Errorf("batches of %d, %d images: image %d, class %d: %g, want %g",
							largest, n, i, c, v, want[i].Probabilities[c])
					}
				}
				if g.Class != want[i].Class || g.Probabilities[g.Class] != slices.Max(g.Probabilities) ||
					!(math.Abs(sum-1) <= 1e-12) {
					t.Errorf("batches of %d, %d images: image %d: %+v (sum %g), want class %d", largest, n, i, g, sum, want[i].Class)
				}
			}
		}
		for _, rows := range p.runner.Sizes() {
			if rows > p.options.MaxBatch {
				t.Errorf("a program for %d samples, want at most %d", rows, p.options.MaxBatch)
			}
		}
	}
}

// Float64 parameters and samples of another shape are predicted too, as the softmax of what the network says.
func TestOtherModels(t *testing.T) {
	params := graph.NewParams(3, tensor.Float64)
	linear := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 4) }
	p, err := New(linear, params, Options{Shape: [3]int{3, 2, 2}, Mean: 0, Std: 1})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, 3*12)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	got, err := p.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	w, bias := params.Lookup("fc.weight").Value().Float64s(), params.Lookup("fc.bias").Value().Float64s()
	for i, g := range got {
		exps, sum := make([]float64, 4), 0.0
		for c := range exps {
			logit := bias[c]
			for j := range 12 {
				logit += w[c*12+j] * float64(x[i*12+j])
			}
			exps[c] = math.Exp(logit)
			sum += exps[c]
		}
		for c, e := range exps {
			if !(math.Abs(g.Probabilities[c]-e/sum) <= 1e-12) {
				t.Errorf("sample %d, class %d: %g, want %g", i, c, g.Probabilities[c], e/sum)
			}
		}
	}
	if _, err := p.Predict(x[:13]); err == nil || !strings.Contains(err.Error(), "multiple of 12") {
		t.Errorf("error %v of 13 numbers", err)
	}
	if _, err := p.Classify(new(Image)); err == nil || !strings.Contains(err.Error(), "[3 2 2]") {
		t.Errorf("error %v of an image", err)
	}
	params.Lookup("fc.bias").Value().Float64s()[2] = math.NaN()
	if _, err := p.Predict(x); err == nil || !strings.Contains(err.Error(), "want finite numbers") {
		t.Errorf("error %v of parameters that are not finite", err)
	}
}

func TestSoftmaxOfLargeLogits(t *testing.T) {
	got, err := softmax([]float64{1e6, 1e6 - 1, -1e300, math.Inf(-1)})
	want := []float64{1 / (1 + math.Exp(-1)), math.Exp(-1) / (1 + math.Exp(-1)), 0, 0}
	if err != nil || !slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-15 }) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if _, err := softmax([]float64{0, math.Inf(1)}); err == nil {
		t.Error("no error of an infinite logit")
	}
}

// Goroutines that predict at the same time get their own answers.
func TestConcurrent(t *testing.T) {
	p := trained(t, Options{MaxBatch: 8})
	images, _ := testImages(t, 16)
	want, err := p.Classify(images...)
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for caller := range 8 {
		callers.Go(func() {
			for i := range images {
				n := 1 + (caller+i)%(len(images)-i)
				got, err := p.Classify(images[i : i+n]...)
				if err != nil {
					t.Error(err)
					return
				}
				for j, g := range got {
					if g.Class != want[i+j].Class {
						t.Errorf("image %d: class %d, want %d", i+j, g.Class, want[i+j].Class)
					}
				}
			}
		})
	}
	callers.Wait()
}

func TestWrongOptions(t *testing.T) {
	for says, o := range map[string]Options{
		"Shape: got [1 0 28]":           {Shape: [3]int{1, 0, 28}},
		"Std: got 0.5 and 0":            {Mean: 0.5},
		"Std: got 0 and -1":             {Std: -1},
		"Std: got NaN":                  {Mean: math.NaN(), Std: 1},
		"MaxBatch: got -1":              {MaxBatch: -1},
		"samples of shape [1 4 4]: ":    {Shape: [3]int{1, 4, 4}}, // too small for the kernels
		"parameter fc1.weight has shap": {Shape: [3]int{1, 32, 32}},
	} {
		params := graph.NewParams(0, tensor.Float32)
		if _, err := New(models.LeNetBN, params, Options{}); err != nil {
			t.Fatal(err)
		}
		if _, err := New(models.LeNetBN, params, o); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want %q", err, says)
		}
	}
}
