package augment

import (
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandAugment applies a number of operations, each chosen at random from fourteen, all of one magnitude.
//
// Cubuk et al., RandAugment: Practical automated data augmentation with a reduced search space, 2019, arXiv:1909.13719.
type RandAugment struct {
	Ops           int       // how many, at least 0; 2 in a spec without it
	Magnitude     int       // 0 to Bins − 1; 9 in a spec without it
	Bins          int       // how many magnitudes there are, at least 2; 31 in a spec without it
	Interpolation string    // "bilinear" or "nearest"; "": bilinear
	Fill          []float64 // the pixel of what comes from outside, 0 to 1, one per channel or one; nil: the background
}

// TrivialAugmentWide applies one operation, chosen at random from fourteen, of a random magnitude.
//
// Müller, Hutter, TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation, 2021, arXiv:2103.10158.
type TrivialAugmentWide struct {
	Bins          int       // how many magnitudes there are, at least 2; 31 in a spec without it
	Interpolation string    // "bilinear" or "nearest"; "": bilinear
	Fill          []float64 // the pixel of what comes from outside, 0 to 1, one per channel or one; nil: the background
}

func (a *RandAugment) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("num_ops", &a.Ops, 2).Within(0, 100),
		spec.Optional("magnitude", &a.Magnitude, 9).AtLeast(0),
		binsSetting(&a.Bins), interpolationSetting(&a.Interpolation), fillSetting(&a.Fill),
	}
}

func (a *TrivialAugmentWide) settings() []spec.Setting {
	return []spec.Setting{binsSetting(&a.Bins), interpolationSetting(&a.Interpolation), fillSetting(&a.Fill)}
}

func binsSetting(dest *int) spec.Setting {
	return spec.Optional("num_magnitude_bins", dest, 31).Within(2, 10000)
}

func (a RandAugment) String() string { return spec.Format("RandAugment", a.settings()...) }

func (a TrivialAugmentWide) String() string {
	return spec.Format("TrivialAugmentWide", a.settings()...)
}

func (a RandAugment) Validate() error {
	if err := validInterpolation("RandAugment", a.Interpolation); err != nil {
		return err
	}
	settings := a.settings()
	settings[1] = settings[1].AtMost(float64(a.Bins - 1))
	return spec.Validate("RandAugment", settings...)
}

func (a TrivialAugmentWide) Validate() error {
	if err := validInterpolation("TrivialAugmentWide", a.Interpolation); err != nil {
		return err
	}
	return spec.Validate("TrivialAugmentWide", a.settings()...)
}

func (a RandAugment) fits(f Frame) error { return fitsFill("RandAugment", a.Fill, f) }

func (a TrivialAugmentWide) fits(f Frame) error { return fitsFill("TrivialAugmentWide", a.Fill, f) }

func (a RandAugment) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a TrivialAugmentWide) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	alone(a, dst, src, f, r)
}

func (a RandAugment) draw(c *canvas) {
	for range a.Ops {
		strength := float64(a.Magnitude) / float64(a.Bins-1)
		c.operate(&moderate, strength, link{fill: a.Fill, nearest: a.Interpolation == nearest})
	}
}

func (a TrivialAugmentWide) draw(c *canvas) {
	op := link{fill: a.Fill, nearest: a.Interpolation == nearest}
	c.operate(&wide, float64(c.random.IntN(a.Bins))/float64(a.Bins-1), op)
}

// strengths are the largest magnitudes of operations.
type strengths struct {
	shear  float64 // the tangent of the angle
	share  float64 // of the width and height, for moves
	pixels float64 // for moves, besides
	angle  float64 // in degrees
	factor float64 // of a colour, from 1
	bits   float64 // of eight that are lost
}

var (
	moderate = strengths{shear: 0.3, share: 150. / 331, angle: 30, factor: 0.9, bits: 4}
	wide     = strengths{shear: 0.99, pixels: 32, angle: 135, factor: 0.99, bits: 6}
)

// operate applies an operation that it chooses. strength is a share of the largest magnitude, and how says how to
// resample.
func (c *canvas) operate(top *strengths, strength float64, how link) {
	const operations = 14
	chosen := c.random.IntN(operations)
	signed := strength
	if c.random.IntN(2) == 0 {
		signed = -strength
	}
	v := affine{scale: 1, centerX: -0.5, centerY: -0.5}
	switch chosen {
	case 0:
		return
	case 1:
		v.shearX = math.Atan(signed*top.shear) * 180 / math.Pi
	case 2:
		v.shearY = math.Atan(signed*top.shear) * 180 / math.Pi
	case 3:
		v.moveX = math.Trunc(signed * (top.share*float64(c.W) + top.pixels))
	case 4:
		v.moveY = math.Trunc(signed * (top.share*float64(c.H) + top.pixels))
	case 5:
		v.angle = -signed * top.angle
		v.centerX, v.centerY = middle(nil, c.Frame)
	case 6:
		c.colored((*canvas).brightness, 1+signed*top.factor)
	case 7:
		c.colored((*canvas).saturation, 1+signed*top.factor)
	case 8:
		c.colored((*canvas).contrast, 1+signed*top.factor)
	case 9:
		c.colored((*canvas).sharpness, 1+signed*top.factor)
	case 10:
		c.colored((*canvas).posterize, 8-math.RoundToEven(strength*top.bits))
	case 11:
		c.colored((*canvas).solarize, 1-strength)
	case 12:
		c.colored((*canvas).autocontrast, 0)
	case 13:
		c.colored((*canvas).equalize, 0)
	}
	if chosen <= 5 {
		how.warp = v.warp()
		c.link(how)
	}
}
