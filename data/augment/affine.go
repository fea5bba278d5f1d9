package augment

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandomAffine shears, turns, scales and moves an image about a centre:
//
//	forward: place = centre + move + R(angle)·scale·S(shear)·(place − centre)
//
// Angles are in degrees and clockwise. Settings that change nothing keep every bit, and so do moves alone and quarter
// turns of a square, which copy pixels.
type RandomAffine struct {
	Degrees   float64    // 0 to 180: the angle is uniform in ±Degrees
	Angles    [2]float64 // -360 to 360: the angle is uniform between these, in place of ±Degrees, unless both are 0
	Translate [2]float64 // 0 to 1: moves are uniform in ± these shares of width and height, rounded to pixels
	Scale     [2]float64 // 0.01 to 100: the size is uniform between these; 1, 1 in a spec without it
	// Shear is -89 to 89 degrees: those along x are uniform between the first two, and those along y between the others.
	Shear         [4]float64
	Interpolation string    // "bilinear" or "nearest"; "": bilinear
	Fill          []float64 // the pixel of what comes from outside, 0 to 1, one per channel or one; nil: the background
	Center        []float64 // x and y of the centre in pixels from the image's upper left corner; nil: the middle
}

func (a *RandomAffine) settings() []spec.Setting {
	return []spec.Setting{
		a.degrees(),
		spec.Optional("translate", &a.Translate, [2]float64{0, 0}).Within(0, 1).OrNone(),
		spec.Optional("scale", &a.Scale, [2]float64{1, 1}).Within(0.01, 100).InOrder().OrNone(),
		a.shear(),
		interpolationSetting(&a.Interpolation),
		fillSetting(&a.Fill),
		spec.Optional("center", &a.Center, nil).OrNone(),
	}
}

// degrees declares a number, or a range.
func (a *RandomAffine) degrees() spec.Setting {
	set := func(v spec.Value) error {
		a.Degrees, a.Angles = 0, [2]float64{}
		if v.Kind == spec.Number {
			a.Degrees = v.Float()
		} else if spec.Assign(&a.Angles, v) != nil {
			return errors.New("a number, or two")
		}
		return a.validAngles()
	}
	return spec.Custom("degrees", set, func() string {
		if a.Angles != [2]float64{} {
			return spec.Spell(a.Angles)
		}
		return spec.Spell(a.Degrees)
	})
}

// validAngles returns what is allowed, unless the angles are.
func (a *RandomAffine) validAngles() error {
	switch low, high := a.Angles[0], a.Angles[1]; {
	case !(-360 <= low && low <= high && high <= 360):
		return errors.New("two numbers in order, each from -360 to 360")
	case !(a.Degrees >= 0 && a.Degrees <= 180):
		return errors.New("a number from 0 to 180")
	}
	return nil
}

// shear declares one number for ±x, two for a range of x, or four for ranges of x and y.
func (a *RandomAffine) shear() spec.Setting {
	set := func(v spec.Value) error {
		var list []float64
		want := errors.New("a number, or two or four in order for x and y, each from -89 to 89")
		if spec.Assign(&list, v) != nil {
			return want
		}
		switch len(list) {
		case 1:
			list = []float64{-list[0], list[0], 0, 0}
		case 2:
			list = append(list, 0, 0)
		case 4:
		default:
			return want
		}
		a.Shear = [4]float64(list)
		if !validShear(a.Shear) {
			return want
		}
		return nil
	}
	text := func() string {
		if a.Shear[2] == 0 && a.Shear[3] == 0 {
			return spec.Spell([2]float64(a.Shear[:2]))
		}
		return spec.Spell(a.Shear[:])
	}
	return spec.Custom("shear", set, text).Initially(
		func() { a.Shear = [4]float64{} }, spec.Spell([2]float64{})).OrNone()
}

func validShear(s [4]float64) bool {
	return -89 <= s[0] && s[0] <= s[1] && s[1] <= 89 && -89 <= s[2] && s[2] <= s[3] && s[3] <= 89
}

func (a RandomAffine) String() string { return spec.Format("RandomAffine", a.settings()...) }

func (a RandomAffine) Validate() error {
	if err := a.validAngles(); err != nil {
		return fmt.Errorf("RandomAffine: degrees is %v, or %v: want %w", a.Degrees, a.Angles, err)
	}
	if !validShear(a.Shear) {
		return fmt.Errorf("RandomAffine: shear is %v: want ranges for x and y, each in order from -89 to 89", a.Shear)
	}
	if err := validInterpolation("RandomAffine", a.Interpolation); err != nil {
		return err
	}
	if err := validCenter("RandomAffine", a.Center); err != nil {
		return err
	}
	return spec.Validate("RandomAffine", a.settings()...)
}

func (a RandomAffine) fits(f Frame) error { return fitsFill("RandomAffine", a.Fill, f) }

func (a RandomAffine) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

// draw draws the angle, the moves and the scale, in this order, and then the shear if there is one: recorded runs
// depend on it.
func (a RandomAffine) draw(c *canvas) {
	low, high := -a.Degrees, a.Degrees
	if a.Angles != [2]float64{} {
		low, high = a.Angles[0], a.Angles[1]
	}
	v := affine{angle: uniform(c.random, low, high)}
	v.moveX = math.Round(uniform(c.random, -a.Translate[0], a.Translate[0]) * float64(c.W))
	v.moveY = math.Round(uniform(c.random, -a.Translate[1], a.Translate[1]) * float64(c.H))
	v.scale = uniform(c.random, a.Scale[0], a.Scale[1])
	if a.Shear != [4]float64{} {
		v.shearX = uniform(c.random, a.Shear[0], a.Shear[1])
		v.shearY = uniform(c.random, a.Shear[2], a.Shear[3])
	}
	v.centerX, v.centerY = middle(a.Center, c.Frame)
	c.link(link{warp: v.warp(), fill: a.Fill, nearest: a.Interpolation == nearest})
}

// affine is what torchvision's affine takes, angles in degrees.
type affine struct{ angle, moveX, moveY, scale, shearX, shearY, centerX, centerY float64 }

// warp returns the map from the new image back to the old one.
func (v affine) warp() warp {
	sin, cos := turn(v.angle)
	m00, m01, m10, m11 := cos, sin, -sin, cos
	if v.shearX != 0 || v.shearY != 0 {
		// The inverse of R(angle − shearY)·[1, −tan shearX; 0, ...], as torchvision composes them.
		sinY, cosY := math.Sincos((v.angle - v.shearY) * math.Pi / 180)
		tanX, shrink := math.Tan(v.shearX*math.Pi/180), math.Cos(v.shearY*math.Pi/180)
		m00, m01 = -sinY*tanX/shrink+cos, cosY*tanX/shrink+sin
		m10, m11 = -sinY/shrink, cosY/shrink
	}
	return warp{
		m: [3][3]float64{
			{m00 / v.scale, m01 / v.scale, v.centerX},
			{m10 / v.scale, m11 / v.scale, v.centerY},
			{0, 0, 1},
		},
		x0: v.moveX + v.centerX, y0: v.moveY + v.centerY,
	}
}

// turn returns the sine and cosine of an angle in degrees, which are exact for quarter turns.
func turn(degrees float64) (sin, cos float64) {
	if quarters := degrees / 90; quarters == math.Trunc(quarters) {
		switch (int(quarters)%4 + 4) % 4 {
		case 0:
			return 0, 1
		case 1:
			return 1, 0
		case 2:
			return 0, -1
		default:
			return -1, 0
		}
	}
	return math.Sincos(degrees * math.Pi / 180)
}

// newRotation declares torchvision's RandomRotation, which is a RandomAffine that only turns, counterclockwise.
func newRotation() ([]spec.Setting, func() Compose) {
	a := RandomAffine{Scale: [2]float64{1, 1}}
	expand := spec.Custom("expand", func(v spec.Value) error {
		if v.Kind != spec.Bool || v.Text != "False" {
			return fmt.Errorf("%s, since the size of an image is fixed", "False")
		}
		return nil
	}, nil).Initially(func() {}, "False")
	settings := []spec.Setting{
		a.degrees(), interpolationSetting(&a.Interpolation), expand,
		spec.Optional("center", &a.Center, nil).OrNone(), fillSetting(&a.Fill),
	}
	return settings, func() Compose {
		turned := a
		if a.Angles != [2]float64{} {
			turned.Angles = [2]float64{-a.Angles[1], -a.Angles[0]}
		}
		return Compose{turned}
	}
}
