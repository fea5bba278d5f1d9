package augment

import (
	"fmt"
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// Mixer is an Augmentation that mixes the images of a batch, and their targets with them, instead of changing one
// image.
type Mixer interface {
	Augmentation
	// Mix changes x, [N, C, H, W], and targets, [N, classes], the probability of each class, where N is at least 1. All
	// randomness comes from r, once per batch.
	Mix(x, targets []float32, f Frame, r *rand.Rand)
	// Classes returns the number of classes that it wants, 0 for any.
	Classes() int
}

// MixUp averages each image of a batch with the one before it: λ·x[n] + (1 − λ)·x[n−1], and so their targets, with one
// λ of the distribution Beta(α, α) per batch. The first image is averaged with the last.
//
// Zhang et al., mixup: Beyond Empirical Risk Minimization, 2017, arXiv:1710.09412.
type MixUp struct {
	Alpha      float64 // α, above 0 and at most 1000; 1 in a spec without it
	NumClasses int     // of the data; 0: as the data says
}

// CutMix replaces a rectangle of each image of a batch by that of the one before it. The rectangle's share of the area
// is 1 − λ, with λ of the distribution Beta(α, α), before what lies outside the image is cut off; targets are averaged
// by the shares that are left. The first image takes from the last. One rectangle serves the batch.
//
// Yun et al., CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features, 2019,
// arXiv:1905.04899.
type CutMix struct {
	Alpha      float64 // α, above 0 and at most 1000; 1 in a spec without it
	NumClasses int     // of the data; 0: as the data says
}

func (a *MixUp) settings() []spec.Setting { return mixSettings(&a.Alpha, &a.NumClasses) }

func (a *CutMix) settings() []spec.Setting { return mixSettings(&a.Alpha, &a.NumClasses) }

func mixSettings(alpha *float64, classes *int) []spec.Setting {
	return []spec.Setting{
		spec.Optional("alpha", alpha, 1).Above(0).AtMost(1000).KeywordOnly(),
		spec.Optional("num_classes", classes, 0).AtLeast(0).OrNone().KeywordOnly(),
	}
}

func (a MixUp) String() string { return spec.Format("MixUp", a.settings()...) }

func (a CutMix) String() string { return spec.Format("CutMix", a.settings()...) }

func (a MixUp) Validate() error { return spec.Validate("MixUp", a.settings()...) }

func (a CutMix) Validate() error { return spec.Validate("CutMix", a.settings()...) }

// Classes returns the number of classes that a wants, 0 for any.
func (a MixUp) Classes() int { return a.NumClasses }

// Classes returns the number of classes that a wants, 0 for any.
func (a CutMix) Classes() int { return a.NumClasses }

// Apply leaves one image as it is.
func (a MixUp) Apply(dst, src []float32, _ Frame, _ *rand.Rand) { copy(dst, src) }

// Apply leaves one image as it is.
func (a CutMix) Apply(dst, src []float32, _ Frame, _ *rand.Rand) { copy(dst, src) }

func (a MixUp) draw(*canvas) {}

func (a CutMix) draw(*canvas) {}

// Mix mixes a batch.
func (a MixUp) Mix(x, targets []float32, f Frame, r *rand.Rand) {
	share := float32(beta(r, a.Alpha))
	n := len(x) / (f.C * f.H * f.W)
	average(x, n, share)
	average(targets, n, share)
}

// average replaces each of n rows by share of itself and the rest of the row before it, as it was.
func average(x []float32, n int, share float32) {
	size := len(x) / n
	rolled(x, n, 0, size, func(row, other []float32) {
		for j, v := range other {
			row[j] = share*row[j] + (1-share)*v
		}
	})
}

// rolled calls change with elements from to to of each of n rows and those of the row before it, as they were, a block
// at a time.
func rolled(x []float32, n, from, to int, change func(row, other []float32)) {
	var last [256]float32
	size := len(x) / n
	for ; from < to; from += len(last) {
		end := min(from+len(last), to)
		copy(last[:], x[(n-1)*size+from:(n-1)*size+end])
		for i := n - 1; i > 0; i-- {
			change(x[i*size+from:i*size+end], x[(i-1)*size+from:(i-1)*size+end])
		}
		change(x[from:end], last[:end-from])
	}
}

// Mix mixes a batch.
func (a CutMix) Mix(x, targets []float32, f Frame, r *rand.Rand) {
	share := beta(r, a.Alpha)
	middleX, middleY := r.IntN(f.W), r.IntN(f.H)
	half := 0.5 * math.Sqrt(1-share)
	halfW, halfH := int(half*float64(f.W)), int(half*float64(f.H))
	left, right := max(middleX-halfW, 0), min(middleX+halfW, f.W)
	top, bottom := max(middleY-halfH, 0), min(middleY+halfH, f.H)
	n, size := len(x)/(f.C*f.H*f.W), f.C*f.H*f.W
	for row := 0; row < size; row += f.H * f.W {
		for y := top; y < bottom; y++ {
			rolled(x, n, row+y*f.W+left, row+y*f.W+right, func(row, other []float32) { copy(row, other) })
		}
	}
	average(targets, n, float32(1-float64((right-left)*(bottom-top))/float64(f.W*f.H)))
}

// beta returns a random number of the distribution Beta(alpha, alpha).
func beta(r *rand.Rand, alpha float64) float64 {
	a, b := logGamma(r, alpha), logGamma(r, alpha)
	return 1 / (1 + math.Exp(b-a))
}

// logGamma returns the logarithm of a random number of the distribution Gamma(alpha), which for a small alpha may be
// smaller than any float64.
//
// Marsaglia, Tsang, A Simple Method for Generating Gamma Variables, 2000.
func logGamma(r *rand.Rand, alpha float64) float64 {
	small := 0.0
	if alpha < 1 {
		small = math.Log(1-r.Float64()) / alpha
		alpha++
	}
	d := alpha - 1./3
	for {
		z := r.NormFloat64()
		v := 1 + z/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < 0.5*z*z+d-d*v+d*math.Log(v) {
			return math.Log(d*v) + small
		}
	}
}

// mixer returns what a batch is mixed by, or nil if a does not mix. A RandomChoice of mixers chooses once per batch.
func mixer(a Augmentation) Mixer {
	if m, ok := a.(Mixer); ok {
		return m
	}
	if choice, ok := a.(RandomChoice); ok && len(choice.Of) > 0 && choice.Of[0].Mixes() {
		return choiceOfMixers{choice}
	}
	return nil
}

func mixes(a Augmentation) bool { return mixer(a) != nil }

// choiceOfMixers is a RandomChoice that mixes.
type choiceOfMixers struct{ RandomChoice }

func (c choiceOfMixers) Mix(x, targets []float32, f Frame, r *rand.Rand) {
	mixer(c.Of[c.choose(r)][0]).Mix(x, targets, f, r)
}

// Classes returns the number of classes that one of the choices wants.
func (c choiceOfMixers) Classes() int {
	for _, one := range c.Of {
		if n := mixer(one[0]).Classes(); n > 0 {
			return n
		}
	}
	return 0
}

// Mixes reports whether any part of c mixes batches.
func (c Compose) Mixes() bool {
	for _, a := range c {
		if mixes(a) {
			return true
		}
	}
	return false
}

// Mix mixes a batch: see Mixer. targets are those of its labels.
func (c Compose) Mix(x, targets []float32, f Frame, r *rand.Rand) {
	for _, a := range c {
		if m := mixer(a); m != nil {
			m.Mix(x, targets, f, r)
		}
	}
}

// CheckClasses returns an error unless c can mix targets of so many classes.
func (c Compose) CheckClasses(classes int) error {
	for _, a := range c {
		switch m := mixer(a); {
		case m == nil:
		case classes == 0:
			return fmt.Errorf("%v mixes the classes of samples, and these have none", a)
		case m.Classes() != 0 && m.Classes() != classes:
			return fmt.Errorf("%v: num_classes is %d, and the samples have %d: want that number, or none",
				a, m.Classes(), classes)
		}
	}
	return nil
}
