package augment

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// every has a spec of each augmentation of single images.
var every = []string{
	"RandomAffine(20, (0.1, 0.2), (0.8, 1.2), shear=10)", "RandomAffine((10, 20), fill=0.5, center=(3, 4))",
	"RandomRotation((10, 30), interpolation='nearest')", "RandomHorizontalFlip()", "RandomVerticalFlip(0.3)",
	"RandomCrop(padding=3)", "RandomCrop(9, padding=(1, 2), padding_mode='reflect')", "RandomResizedCrop((9, 9))",
	"RandomPerspective(0.4, p=1)", "ElasticTransform(alpha=20, sigma=2)", "RandomGrayscale(p=0.5)",
	"ColorJitter(0.4, 0.4, saturation=(0.5, 1.5), hue=0.1)", "GaussianBlur(3)", "GaussianBlur((3, 5), sigma=1)",
	"RandomErasing()", "GaussianNoise()", "RandomApply([RandomRotation(10), ColorJitter(0.2)], p=0.3)",
	"RandomChoice([RandomRotation(10), Compose([GaussianNoise, RandomHorizontalFlip])], p=[1, 2])", "RandAugment()",
	"TrivialAugmentWide(num_magnitude_bins=5)",
}

func parse(t *testing.T, text string) Compose {
	t.Helper()
	c, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What is read is written so that it is read again, and it fits images.
func TestSpecs(t *testing.T) {
	mixers := []string{"MixUp(alpha=0.2)", "RandomChoice([MixUp(), CutMix(num_classes=3)])"}
	for _, text := range slices.Concat(every, mixers) {
		c := parse(t, text)
		again := parse(t, c.String())
		if fmt.Sprintf("%#v", again) != fmt.Sprintf("%#v", c) {
			t.Errorf("%s: got\n%#v, want\n%#v", c, again, c)
		}
		if err := c.Check(Frame{C: 3, H: 9, W: 9}); err != nil {
			t.Error(err)
		}
	}
}

// What becomes of an image depends on the image and the numbers alone, not on what a Worker did before or on how many
// there are at once; it is finite, and of one image in a hundred something changes.
func TestWorkers(t *testing.T) {
	f := Frame{C: 3, H: 9, W: 9, Background: -2, Mean: []float64{0.4, 0.5, 0.6}, Std: []float64{0.2}}
	for _, text := range every {
		steps := parse(t, text)
		results := make([][]float32, 40)
		var group sync.WaitGroup
		for _, offset := range []int{0, 1} {
			w := NewWorker(steps, f)
			group.Go(func() {
				for i := offset; i < len(results); i += 2 {
					results[i] = gray(3, 9, 9)
					w.Apply(results[i], random(uint64(i)))
				}
			})
		}
		group.Wait()
		changed := false
		for i, got := range results {
			want := gray(3, 9, 9)
			if i%2 == 0 || len(steps) > 1 {
				NewWorker(steps, f).Apply(want, random(uint64(i)))
			} else {
				steps[0].Apply(want, gray(3, 9, 9), f, random(uint64(i)))
			}
			if !same(got, want) {
				t.Fatalf("%s: image %d depends on the worker: got\n%v, want\n%v", text, i, got, want)
			}
			for _, v := range got {
				if v-v != 0 {
					t.Fatalf("%s: image %d: got %v", text, i, v)
				}
			}
			changed = changed || !same(got, gray(3, 9, 9))
		}
		if !changed {
			t.Errorf("%s: 40 images did not change", text)
		}
	}
}

// Settings that change nothing keep every bit.
func TestNothing(t *testing.T) {
	f := Frame{C: 3, H: 6, W: 5, Background: 1e9}
	for _, text := range []string{
		"RandomAffine(0, shear=0)", "RandomRotation((360, 360))", "RandomVerticalFlip(0)", "RandomCrop()",
		"RandomCrop(padding=0, padding_mode='reflect')", "RandomPerspective(0, p=1)",
		"RandomResizedCrop(scale=(1, 1), ratio=(0.8333333333333334, 0.8333333333333334))",
		"ElasticTransform(alpha=0)", "ColorJitter(0, 0, 0, 0)", "RandomGrayscale(0)",
		"RandomApply([GaussianNoise], p=0)", "RandAugment(0)", "RandomChoice([none])", "MixUp()",
		"Compose([RandomRotation((90, 90)), RandomRotation((-90, -90))])",
		"Compose([RandomVerticalFlip(1), RandomHorizontalFlip(1), RandomVerticalFlip(1), RandomHorizontalFlip(1)])",
		"Compose([RandomVerticalFlip(1), RandomAffine(0), RandomVerticalFlip(1)])",
	} {
		steps, got := parse(t, text), gray(3, 6, 5)
		for seed := range uint64(5) {
			NewWorker(steps, f).Apply(got, random(seed))
			if !same(got, gray(3, 6, 5)) {
				t.Errorf("%s changed the image to %v", text, got)
				break
			}
		}
	}
}

// Quarter turns move pixels: four are the identity to the bit, one after the other and as one map, and one is the
// transposed image mirrored.
func TestQuarterTurns(t *testing.T) {
	for n := 1; n < 8; n++ {
		f := Frame{C: 2, H: n, W: n, Background: 1e9}
		turn := parse(t, "RandomRotation((90, 90))")
		x := gray(2, n, n)
		for i := range 4 {
			NewWorker(turn, f).Apply(x, random(1))
			if i == 0 { // counterclockwise: the last column is the first row
				for j, v := range x {
					if row, column := j/n%n, j%n; v != gray(2, n, n)[j/(n*n)*n*n+column*n+n-1-row] {
						t.Fatalf("a quarter turn of %v is %v", gray(2, n, n), x)
					}
				}
			}
		}
		if !same(x, gray(2, n, n)) {
			t.Errorf("four quarter turns of %d×%d: got %v", n, n, x)
		}
		NewWorker(slices.Repeat(turn, 4), f).Apply(x, random(1))
		if !same(x, gray(2, n, n)) {
			t.Errorf("four quarter turns of %d×%d in one: got %v", n, n, x)
		}
	}
}

// Affine parts are one map: what one moves out of the image another one brings back, and nothing is blurred.
func TestOneMap(t *testing.T) {
	f := Frame{C: 1, H: 9, W: 12, Background: 50}
	for _, text := range []string{
		"Compose([RandomRotation((33, 33)), RandomHorizontalFlip(1), RandomRotation((33, 33)), RandomHorizontalFlip(1)])",
		"Compose([RandomAffine(0, scale=(2, 2)), RandomAffine(0, scale=(0.5, 0.5))])",
		"Compose([RandomAffine((20, 20), scale=(4, 4)), RandomAffine((-20, -20), scale=(0.25, 0.25))])",
		"Compose([RandomAffine(0, shear=(30, 30)), RandomApply([RandomAffine(0, shear=(-30, -30))], p=1)])",
	} {
		x := gray(1, 9, 12)
		NewWorker(parse(t, text), f).Apply(x, random(1))
		for i, want := range gray(1, 9, 12) {
			if !(math.Abs(float64(x[i]-want)) <= 1e-4) {
				t.Fatalf("%s: pixel %d is %v, want %v", text, i, x[i], want)
			}
		}
		separate := gray(1, 9, 12)
		w := NewWorker(parse(t, text), f)
		w.Separate()
		w.Apply(separate, random(1))
		if same(separate, x) {
			t.Errorf("%s: separate parts give the same", text)
		}
	}
}

// Colours stay in [0, 1], and a normalised image gives what its pixels give.
func TestColorRange(t *testing.T) {
	plain := Frame{C: 3, H: 8, W: 8}
	normalised := Frame{C: 3, H: 8, W: 8, Mean: []float64{0.5, 0.4, 0.3}, Std: []float64{0.25, 0.2, 0.3}}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.SampledFrom([]string{
			"ColorJitter(0.9, 0.9, 0.9, 0.5)", "RandomGrayscale(1)", "RandAugment(3, 30)", "TrivialAugmentWide()",
			"GaussianBlur(5)",
		}).Draw(r, "augmentation")
		steps, seed := parse(t, text), rapid.Uint64().Draw(r, "seed")
		x, y := make([]float32, 192), make([]float32, 192)
		for i := range x {
			x[i] = rapid.Float32Range(0, 1).Draw(r, "pixel")
			mean, std := normalised.scale(i / 64)
			y[i] = (x[i] - mean) / std
		}
		jitter := text != "RandAugment(3, 30)" && text != "TrivialAugmentWide()" // those have steps: a bit decides
		NewWorker(steps, plain).Apply(x, random(seed))
		NewWorker(steps, normalised).Apply(y, random(seed))
		for i, v := range x {
			mean, std := normalised.scale(i / 64)
			if !(v >= -1e-6 && v <= 1+1e-6) || jitter && !(math.Abs(float64(y[i]*std+mean-v)) <= 2e-4) {
				r.Fatalf("%s: pixel %d is %v, and %v normalised", text, i, v, y[i]*std+mean)
			}
		}
	})
}
