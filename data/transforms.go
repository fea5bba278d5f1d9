package data

import (
	"fmt"
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandomAffine turns, moves and scales an image about its centre. It samples bilinearly, and what comes from outside is background
// (torchvision's default is the nearest pixel and 0). Settings that change nothing leave every bit as it is, and moves alone copy pixels.
type RandomAffine struct {
	Degrees   float64    // the angle is uniform in ±Degrees; 0 to 180
	Translate [2]float64 // the way across and down is uniform in ± this share of width and height, rounded to pixels; 0 to 1
	Scale     [2]float64 // the size is uniform between these; 0.01 to 100; the spec's default is 1, 1
}

func (a *RandomAffine) settings() []spec.Param {
	return []spec.Param{
		spec.Required("degrees", &a.Degrees),
		spec.Optional("translate", &a.Translate, [2]float64{0, 0}).OrNone(),
		spec.Optional("scale", &a.Scale, [2]float64{1, 1}).OrNone(),
	}
}

func (a RandomAffine) String() string { return spec.Format("RandomAffine", a.settings()...) }

func (a RandomAffine) Validate() error {
	if !(a.Degrees >= 0 && a.Degrees <= 180) {
		return fmt.Errorf("degrees: got %v, want 0 to 180", a.Degrees)
	}
	for _, t := range a.Translate {
		if !(t >= 0 && t <= 1) {
			return fmt.Errorf("translate: got %v, want two shares of 0 to 1", a.Translate)
		}
	}
	return span("scale", a.Scale, 0.01, 100)
}

func (a RandomAffine) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	angle := uniform(r, -a.Degrees, a.Degrees) * math.Pi / 180
	moveX := math.Round(uniform(r, -a.Translate[0], a.Translate[0]) * float64(f.W))
	moveY := math.Round(uniform(r, -a.Translate[1], a.Translate[1]) * float64(f.H))
	scale := uniform(r, a.Scale[0], a.Scale[1])

	// Each pixel of dst looks back to where it came from in src.
	sin, cos := math.Sincos(angle)
	sin, cos = sin/scale, cos/scale
	centreX, centreY := float64(f.W-1)/2, float64(f.H-1)/2
	plane := f.H * f.W
	for y := range f.H {
		for x := range f.W {
			dx, dy := float64(x)-moveX-centreX, float64(y)-moveY-centreY
			sx, sy := cos*dx+sin*dy+centreX, cos*dy-sin*dx+centreY
			for c := 0; c < len(dst); c += plane {
				dst[c+y*f.W+x] = bilinear(src[c:c+plane], f, sx, sy)
			}
		}
	}
}

// bilinear is the value of a plane [H, W] at column x and row y.
func bilinear(plane []float32, f Frame, x, y float64) float32 {
	left, top := math.Floor(x), math.Floor(y)
	at := func(x, y float64) float32 {
		if x < 0 || x >= float64(f.W) || y < 0 || y >= float64(f.H) {
			return f.Background
		}
		return plane[int(y)*f.W+int(x)]
	}
	u, v := float32(x-left), float32(y-top)
	if u == 0 && v == 0 {
		return at(left, top)
	}
	return (1-v)*((1-u)*at(left, top)+u*at(left+1, top)) + v*((1-u)*at(left, top+1)+u*at(left+1, top+1))
}

// RandomHorizontalFlip mirrors an image, left to right.
type RandomHorizontalFlip struct {
	P float64 // the probability, 0 to 1; the spec's default is 0.5
}

func (a *RandomHorizontalFlip) settings() []spec.Param {
	return []spec.Param{spec.Optional("p", &a.P, 0.5)}
}

func (a RandomHorizontalFlip) String() string {
	return spec.Format("RandomHorizontalFlip", a.settings()...)
}

func (a RandomHorizontalFlip) Validate() error { return probability(a.P) }

func (a RandomHorizontalFlip) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	copy(dst, src)
	if r.Float64() >= a.P {
		return
	}
	for row := 0; row < len(dst); row += f.W {
		for x := range f.W {
			dst[row+x] = src[row+f.W-1-x]
		}
	}
}

// RandomErasing covers a rectangle with background, every place as likely as another. A rectangle that is too wide or too high is
// drawn again, ten times at most, as torchvision does.
//
// Zhong et al., Random Erasing Data Augmentation, 2017, arXiv:1708.04896.
type RandomErasing struct {
	P     float64    // the probability, 0 to 1; the spec's default is 0.5
	Scale [2]float64 // the share of the image's area is uniform between these; 0 to 1; the spec's default is 0.02, 0.33
	Ratio [2]float64 // height over width is between these, its logarithm uniform; 0.01 to 100; the spec's default is 0.3, 3.3
}

func (a *RandomErasing) settings() []spec.Param {
	return []spec.Param{
		spec.Optional("p", &a.P, 0.5),
		spec.Optional("scale", &a.Scale, [2]float64{0.02, 0.33}),
		spec.Optional("ratio", &a.Ratio, [2]float64{0.3, 3.3}),
	}
}

func (a RandomErasing) String() string { return spec.Format("RandomErasing", a.settings()...) }

func (a RandomErasing) Validate() error {
	if err := probability(a.P); err != nil {
		return err
	}
	if err := span("scale", a.Scale, 0, 1); err != nil {
		return err
	}
	return span("ratio", a.Ratio, 0.01, 100)
}

func (a RandomErasing) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	copy(dst, src)
	if r.Float64() >= a.P {
		return
	}
	for range 10 {
		area := uniform(r, a.Scale[0], a.Scale[1]) * float64(f.H*f.W)
		ratio := math.Exp(uniform(r, math.Log(a.Ratio[0]), math.Log(a.Ratio[1])))
		h, w := int(math.Round(math.Sqrt(area*ratio))), int(math.Round(math.Sqrt(area/ratio)))
		if h >= f.H || w >= f.W {
			continue
		}
		top, left := r.IntN(f.H-h+1), r.IntN(f.W-w+1)
		for c := range f.C {
			for y := top; y < top+h; y++ {
				row := (c*f.H + y) * f.W
				for x := left; x < left+w; x++ {
					dst[row+x] = f.Background
				}
			}
		}
		return
	}
}

// GaussianNoise adds to each pixel a normal number of mean 0.
type GaussianNoise struct {
	Sigma float64 // its standard deviation, ≥ 0, in units of normalised pixels; the spec's default is 0.1
}

func (a *GaussianNoise) settings() []spec.Param {
	return []spec.Param{spec.Optional("sigma", &a.Sigma, 0.1)}
}

func (a GaussianNoise) String() string { return spec.Format("GaussianNoise", a.settings()...) }

func (a GaussianNoise) Validate() error {
	if !(a.Sigma >= 0 && a.Sigma <= 1e30) {
		return fmt.Errorf("sigma: got %v, want 0 to 1e30", a.Sigma)
	}
	return nil
}

func (a GaussianNoise) Apply(dst, src []float32, _ Frame, r *rand.Rand) {
	copy(dst, src)
	if a.Sigma == 0 {
		return
	}
	for i := range dst {
		dst[i] += float32(a.Sigma * r.NormFloat64())
	}
}

// uniform draws from [low, high).
func uniform(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }

func probability(p float64) error {
	if !(p >= 0 && p <= 1) {
		return fmt.Errorf("p: got %v, want 0 to 1", p)
	}
	return nil
}

func span(name string, s [2]float64, least, most float64) error {
	if !(least <= s[0] && s[0] <= s[1] && s[1] <= most) {
		return fmt.Errorf("%s: got %v, want two numbers in order, %v to %v", name, s, least, most)
	}
	return nil
}
