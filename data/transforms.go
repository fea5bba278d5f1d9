package data

import (
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandomAffine turns, moves and scales an image about its centre. It samples bilinearly, and fills what comes from
// outside the image with background (torchvision's defaults are the nearest pixel and 0). Settings that change nothing
// keep every bit; moves alone copy pixels.
type RandomAffine struct {
	Degrees   float64    // 0 to 180: the angle is uniform in ±Degrees
	Translate [2]float64 // 0 to 1: moves are uniform in ± these shares of width and height, rounded to pixels
	Scale     [2]float64 // 0.01 to 100: the size is uniform between these; 1, 1 in a spec without it
}

func (a *RandomAffine) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("degrees", &a.Degrees).Within(0, 180),
		spec.Optional("translate", &a.Translate, [2]float64{0, 0}).Within(0, 1).OrNone(),
		spec.Optional("scale", &a.Scale, [2]float64{1, 1}).Within(0.01, 100).InOrder().OrNone(),
	}
}

func (a RandomAffine) String() string { return spec.Format("RandomAffine", a.settings()...) }

func (a RandomAffine) Validate() error { return spec.Validate("RandomAffine", a.settings()...) }

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

// bilinear returns the value of a plane [H, W] at column x and row y.
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
	P float64 // the probability, 0 to 1; 0.5 in a spec without it
}

func (a *RandomHorizontalFlip) settings() []spec.Setting {
	return []spec.Setting{spec.Optional("p", &a.P, 0.5).Within(0, 1)}
}

func (a RandomHorizontalFlip) String() string {
	return spec.Format("RandomHorizontalFlip", a.settings()...)
}

func (a RandomHorizontalFlip) Validate() error {
	return spec.Validate("RandomHorizontalFlip", a.settings()...)
}

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

// RandomErasing covers a rectangle with background; all places are equally likely. As in torchvision, a rectangle that
// is too wide or too high is chosen again, at most ten times.
//
// Zhong et al., Random Erasing Data Augmentation, 2017, arXiv:1708.04896.
type RandomErasing struct {
	P     float64    // the probability, 0 to 1; 0.5 in a spec without it
	Scale [2]float64 // 0 to 1: the share of the image's area is uniform between these; 0.02, 0.33 in a spec without it
	Ratio [2]float64 // 0.01 to 100: log(height/width) is uniform between their logarithms; 0.3, 3.3 in a spec without it
}

func (a *RandomErasing) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("p", &a.P, 0.5).Within(0, 1),
		spec.Optional("scale", &a.Scale, [2]float64{0.02, 0.33}).Within(0, 1).InOrder(),
		spec.Optional("ratio", &a.Ratio, [2]float64{0.3, 3.3}).Within(0.01, 100).InOrder(),
	}
}

func (a RandomErasing) String() string { return spec.Format("RandomErasing", a.settings()...) }

func (a RandomErasing) Validate() error { return spec.Validate("RandomErasing", a.settings()...) }

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

// GaussianNoise adds a normally distributed random number of mean 0 to each pixel.
type GaussianNoise struct {
	Sigma float64 // the standard deviation in units of normalised pixels, 0 to 1e30; 0.1 in a spec without it
}

func (a *GaussianNoise) settings() []spec.Setting {
	return []spec.Setting{spec.Optional("sigma", &a.Sigma, 0.1).Within(0, 1e30)}
}

func (a GaussianNoise) String() string { return spec.Format("GaussianNoise", a.settings()...) }

func (a GaussianNoise) Validate() error { return spec.Validate("GaussianNoise", a.settings()...) }

func (a GaussianNoise) Apply(dst, src []float32, _ Frame, r *rand.Rand) {
	copy(dst, src)
	if a.Sigma == 0 {
		return
	}
	for i := range dst {
		dst[i] += float32(a.Sigma * r.NormFloat64())
	}
}

// uniform returns a random number in [low, high).
func uniform(r *rand.Rand, low, high float64) float64 { return low + (high-low)*r.Float64() }
