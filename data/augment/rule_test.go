package augment

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// firstRule is how a RandomAffine resampled when it had neither shear nor fill. Recorded runs depend on its bits.
func firstRule(a RandomAffine, src []float32, f Frame, r *rand.Rand) []float32 {
	angle := uniform(r, -a.Degrees, a.Degrees) * math.Pi / 180
	moveX := math.Round(uniform(r, -a.Translate[0], a.Translate[0]) * float64(f.W))
	moveY := math.Round(uniform(r, -a.Translate[1], a.Translate[1]) * float64(f.H))
	scale := uniform(r, a.Scale[0], a.Scale[1])
	sin, cos := math.Sincos(angle)
	sin, cos = sin/scale, cos/scale
	centerX, centerY := float64(f.W-1)/2, float64(f.H-1)/2
	dst := make([]float32, len(src))
	for i := range dst {
		plane := src[i/(f.H*f.W)*f.H*f.W:][:f.H*f.W]
		dx, dy := float64(i%f.W)-moveX-centerX, float64(i/f.W%f.H)-moveY-centerY
		x, y := cos*dx+sin*dy+centerX, cos*dy-sin*dx+centerY
		left, top := math.Floor(x), math.Floor(y)
		at := func(x, y float64) float32 {
			if x < 0 || x >= float64(f.W) || y < 0 || y >= float64(f.H) {
				return f.Background
			}
			return plane[int(y)*f.W+int(x)]
		}
		u, v := float32(x-left), float32(y-top)
		if dst[i] = at(left, top); u != 0 || v != 0 {
			dst[i] = (1-v)*((1-u)*at(left, top)+u*at(left+1, top)) + v*((1-u)*at(left, top+1)+u*at(left+1, top+1))
		}
	}
	return dst
}

// The bits of a RandomAffine are those of the first rule, also with flips before and after it.
func TestFirstRule(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := Frame{
			C: rapid.IntRange(1, 3).Draw(r, "C"), H: rapid.IntRange(1, 12).Draw(r, "H"),
			W: rapid.IntRange(1, 12).Draw(r, "W"), Background: -0.4242,
		}
		share := rapid.Float64Range(0, 1)
		low, high := rapid.Float64Range(0.01, 2).Draw(r, "low"), rapid.Float64Range(0, 20).Draw(r, "more")
		a := RandomAffine{
			Degrees:   rapid.Float64Range(0, 180).Draw(r, "degrees"),
			Translate: [2]float64{share.Draw(r, "across"), share.Draw(r, "down")}, Scale: [2]float64{low, low + high},
		}
		flip := RandomHorizontalFlip{0.5}
		steps := []Compose{{a}, {a, flip}, {flip, a, flip}, {a, flip, a}}[rapid.IntRange(0, 3).Draw(r, "steps")]
		seed := rapid.Uint64().Draw(r, "seed")
		got, want, numbers := gray(f.C, f.H, f.W), gray(f.C, f.H, f.W), random(seed)
		w := NewWorker(steps, f)
		w.Separate()
		w.Apply(got, random(seed))
		for _, step := range steps {
			if step, ok := step.(RandomAffine); ok {
				want = firstRule(step, want, f, numbers)
				continue
			}
			if numbers.Float64() < 0.5 {
				c := canvas{Frame: f, x: want}
				c.reverse(horizontal)
			}
		}
		if !same(got, want) {
			r.Fatalf("%v: got\n%v, want\n%v", steps, got, want)
		}
		if len(steps) == 2 {
			once := gray(f.C, f.H, f.W)
			NewWorker(steps, f).Apply(once, random(seed))
			if !same(once, want) {
				r.Fatalf("%v without Separate: got\n%v, want\n%v", steps, once, want)
			}
		}
	})
}
