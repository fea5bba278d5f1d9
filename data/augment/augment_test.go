package augment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// gray is an image [c, h, w] of distinct values, among them a negative zero.
func gray(c, h, w int) []float32 {
	x := make([]float32, c*h*w)
	for i := range x {
		x[i] = float32(i) / 7
	}
	x[0] = float32(math.Copysign(0, -1))
	return x
}

func same(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"none":                            "none",
		"Compose([])":                     "none",
		"Compose([none, GaussianNoise])":  "GaussianNoise()",
		"RandomAffine(0, translate=None)": "RandomAffine(degrees=0.0)",
		"Compose([Compose([RandomErasing(p=1)]), randomaffine(5, (0.1, 0.2))])": "Compose([RandomErasing(p=1.0), " +
			"RandomAffine(degrees=5.0, translate=(0.1, 0.2))])",
	} {
		c, err := Parse(text)
		if err != nil || c.String() != want {
			t.Errorf("%s: got %v, %v, want %s", text, c, err, want)
			continue
		}
		if again, err := Parse(c.String()); err != nil || fmt.Sprintf("%#v", again) != fmt.Sprintf("%#v", c) {
			t.Errorf("%s: read again %#v, %v, want %#v", c, again, err, c)
		}
	}
	for text, want := range map[string]string{
		"":                                   "column 1: nothing here",
		"none(1)":                            "column 6: none takes 0 settings",
		"Compose(RandomErasing)":             "column 9: Compose: transforms is RandomErasing: want a list of augmentations",
		"Compose([1])":                       "column 9: Compose: transforms is [1]: want a list of augmentations",
		"Compose([RandomFlip()])":            "column 10: there is no augmentation \"RandomFlip\"",
		"Compose([GaussianNoise(sigma=-1)])": "column 30: GaussianNoise: sigma is -1: want a number from 0 to",
		"RandomAffine()":                     "column 1: RandomAffine needs degrees",
		"RandomAffine(5, translate=(0, 1.5))": "column 27: RandomAffine: translate is (0.0, 1.5): " +
			"want two numbers, each from 0 to 1",
		"RandomAffine(5, scale=(1.1, 0.9))": "column 23: RandomAffine: scale is (1.1, 0.9): " +
			"want two numbers in order, each from 0.01 to 100",
		"RandomErasing(p=1.5)":          "column 17: RandomErasing: p is 1.5: want a number from 0 to 1",
		"RandomErasing(scale=(0.1, 2))": "column 21: RandomErasing: scale is (0.1, 2.0): want",
		"RandomErasing(ratio=(0, 2))":   "column 21: RandomErasing: ratio is (0.0, 2.0): want",
		"RandomErasing(1, scale=0.5)":   "column 24: RandomErasing: scale is 0.5: want two numbers",
	} {
		if _, err := Parse(text); err == nil ||
			!strings.HasPrefix(err.Error(), fmt.Sprintf("augmentation %q: %s", text, want)) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestIdentity(t *testing.T) {
	one := [2]float64{1, 1}
	for _, a := range []Augmentation{
		RandomAffine{Scale: one},
		RandomHorizontalFlip{},
		GaussianNoise{},
		RandomErasing{0, one, one},
		RandomErasing{1, one, one},
		/* never smaller than the image */ RandomErasing{1, [2]float64{}, one},
	} {
		rapid.Check(t, func(r *rapid.T) {
			f := Frame{
				C: rapid.IntRange(1, 3).Draw(r, "C"), H: rapid.IntRange(1, 9).Draw(r, "H"),
				W: rapid.IntRange(1, 9).Draw(r, "W"), Background: 1e9,
			}
			src := gray(f.C, f.H, f.W)
			dst := make([]float32, len(src))
			a.Apply(dst, src, f, random(rapid.Uint64().Draw(r, "seed")))
			if !same(dst, src) {
				r.Fatalf("%v changed %v to %v", a, src, dst)
			}
		})
	}
}

func TestTranslate(t *testing.T) {
	f := Frame{C: 2, H: 4, W: 6, Background: -1}
	src := gray(f.C, f.H, f.W)
	dst := make([]float32, len(src))
	a := RandomAffine{Translate: [2]float64{1. / 3, 0.25}, Scale: [2]float64{1, 1}} // two across, one down
	moves := map[[2]int]bool{}
	for seed := range uint64(300) {
		a.Apply(dst, src, f, random(seed))
		found := false
		for dx := -2; dx <= 2; dx++ {
			for dy := -1; dy <= 1; dy++ {
				want := make([]float32, 0, len(src))
				for c := range f.C {
					for y := range f.H {
						for x := range f.W {
							if sx, sy := x-dx, y-dy; sx >= 0 && sx < f.W && sy >= 0 && sy < f.H {
								want = append(want, src[(c*f.H+sy)*f.W+sx])
							} else {
								want = append(want, f.Background)
							}
						}
					}
				}
				if same(dst, want) {
					found, moves[[2]int{dx, dy}] = true, true
				}
			}
		}
		if !found {
			t.Fatalf("seed %d: %v is not %v moved", seed, dst, src)
		}
	}
	if len(moves) != 15 {
		t.Errorf("the moves were %v, want all 15", moves)
	}
}

func TestRotateAndScale(t *testing.T) {
	// Half a turn, in the only way that ±180 and a generator at its lowest give it, is the image read backwards.
	f := Frame{C: 1, H: 3, W: 5}
	src, dst := gray(1, 3, 5), make([]float32, 15)
	RandomAffine{Degrees: 180, Scale: [2]float64{1, 1}}.Apply(dst, src, f, rand.New(zero{}))
	for i := range src {
		if !(math.Abs(float64(dst[i]-src[14-i])) <= 1e-6) {
			t.Fatalf("half a turn of %v: got %v", src, dst)
		}
	}
	// Twice the size: the centre stays, its neighbours are half way to it.
	RandomAffine{Scale: [2]float64{2, 2}}.Apply(dst, src, f, random(1))
	if dst[7] != src[7] || !(math.Abs(float64(dst[8]-(src[7]+src[8])/2)) <= 1e-6) ||
		!(math.Abs(float64(dst[2]-(src[2]+src[7])/2)) <= 1e-6) {
		t.Errorf("twice the size of %v: got %v", src, dst)
	}
	// Any turn leaves a plane of one value as it is, except where values come from outside.
	rapid.Check(t, func(r *rapid.T) {
		f := Frame{C: 1, H: rapid.IntRange(1, 8).Draw(r, "H"), W: rapid.IntRange(1, 8).Draw(r, "W")}
		src := slices.Repeat([]float32{1}, f.H*f.W)
		dst := make([]float32, len(src))
		a := RandomAffine{
			Degrees:   rapid.Float64Range(0, 180).Draw(r, "degrees"),
			Translate: [2]float64{1, 1}, Scale: [2]float64{0.01, 100},
		}
		a.Apply(dst, src, f, random(rapid.Uint64().Draw(r, "seed")))
		for _, v := range dst {
			if !(v >= -1e-6 && v <= 1+1e-6) {
				r.Fatalf("%v: got %v", a, dst)
			}
		}
	})
}

// zero is a generator that gives only the lowest number.
type zero struct{}

func (zero) Uint64() uint64 { return 0 }

func TestFlip(t *testing.T) {
	f := Frame{C: 2, H: 1, W: 3}
	dst := make([]float32, 6)
	RandomHorizontalFlip{1}.Apply(dst, []float32{1, 2, 3, 4, 5, 6}, f, random(1))
	if !same(dst, []float32{3, 2, 1, 6, 5, 4}) {
		t.Errorf("got %v", dst)
	}
}

func TestErasing(t *testing.T) {
	f := Frame{C: 2, H: 10, W: 8, Background: -1}
	src := gray(f.C, f.H, f.W)
	dst := make([]float32, len(src))
	a := RandomErasing{P: 0.5, Scale: [2]float64{0.02, 0.33}, Ratio: [2]float64{0.3, 3.3}}
	hits, places := 0, map[int]bool{}
	for seed := range uint64(2000) {
		a.Apply(dst, src, f, random(seed))
		top, left, bottom, right, n := f.H, f.W, -1, -1, 0
		for i := range dst {
			if dst[i] == src[i] {
				continue
			}
			if dst[i] != f.Background {
				t.Fatalf("got %v, neither kept nor background", dst[i])
			}
			y, x := i/f.W%f.H, i%f.W
			top, left, bottom, right, n = min(top, y), min(left, x), max(bottom, y), max(right, x), n+1
			places[y*f.W+x] = true
		}
		if n == 0 {
			continue
		}
		hits++
		if h, w := bottom-top+1, right-left+1; n != f.C*h*w || h*w > 30 || h >= f.H || w >= f.W {
			t.Fatalf("seed %d: %d pixels in a box of %d×%d", seed, n, h, w)
		}
	}
	if hits < 900 || hits > 1100 || len(places) != f.H*f.W {
		t.Errorf("%d of 2000 erased, at %d of %d places", hits, len(places), f.H*f.W)
	}
}

func TestElasticSigma(t *testing.T) {
	for sigma, want := range map[[2]float64]bool{{0, 0}: true, {3, 5}: true, {0, 5}: false, {5, 0}: false} {
		a := ElasticTransform{Alpha: []float64{50}, Sigma: sigma[:]}
		if err := a.Validate(); (err == nil) != want {
			t.Errorf("sigma %v: got %v", sigma, err)
		}
	}
}

func TestNoise(t *testing.T) {
	n := 20000
	src, dst := slices.Repeat([]float32{3}, n), make([]float32, n)
	GaussianNoise{0.5}.Apply(dst, src, Frame{C: 1, H: 1, W: n}, random(1))
	var sum, squares float64
	for _, v := range dst {
		sum += float64(v) - 3
		squares += (float64(v) - 3) * (float64(v) - 3)
	}
	mean, std := sum/float64(n), math.Sqrt(squares/float64(n))
	if !(math.Abs(mean) <= 0.02 && math.Abs(std-0.5) <= 0.01) {
		t.Errorf("mean %v, standard deviation %v", mean, std)
	}
}
