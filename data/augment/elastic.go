package augment

import (
	"fmt"
	"math/rand/v2"

	"anneal/internal/spec"
)

// ElasticTransform moves each pixel a little, and its neighbours alike: uniform random numbers in ±1, blurred with σ,
// times alpha/2 pixels.
//
// Simard, Steinkraus, Platt, Best Practices for Convolutional Neural Networks, 2003.
type ElasticTransform struct {
	Alpha         []float64 // 0 to 1e4, along x and y, or one number for both; 50 in a spec without it
	Sigma         []float64 // 0 to 100, along x and y, both or neither 0, or one for both; 5 in a spec without it
	Interpolation string    // "bilinear" or "nearest"; "": bilinear
	Fill          []float64 // the pixel of what comes from outside, 0 to 1, one per channel or one; nil: the background
}

func (a *ElasticTransform) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("alpha", &a.Alpha, []float64{50}).Within(0, 1e4),
		spec.Optional("sigma", &a.Sigma, []float64{5}).Within(0, 100),
		interpolationSetting(&a.Interpolation), fillSetting(&a.Fill),
	}
}

func (a ElasticTransform) String() string { return spec.Format("ElasticTransform", a.settings()...) }

func (a ElasticTransform) Validate() error {
	if err := validInterpolation("ElasticTransform", a.Interpolation); err != nil {
		return err
	}
	for _, list := range []struct {
		key     string
		numbers []float64
	}{{"alpha", a.Alpha}, {"sigma", a.Sigma}} {
		if err := oneOrTwo("ElasticTransform", list.key, len(list.numbers)); err != nil {
			return err
		}
	}
	if len(a.Sigma) == 2 && (a.Sigma[0] == 0) != (a.Sigma[1] == 0) {
		return fmt.Errorf("ElasticTransform: sigma is %v: want both numbers above 0, or none", a.Sigma)
	}
	return spec.Validate("ElasticTransform", a.settings()...)
}

func (a ElasticTransform) fits(f Frame) error { return fitsFill("ElasticTransform", a.Fill, f) }

func (a ElasticTransform) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a ElasticTransform) draw(c *canvas) {
	src := c.keep()
	across, down := c.plane(0, c.H*c.W), c.plane(1, c.H*c.W)
	for axis, d := range [][]float32{across, down} {
		for i := range d {
			d[i] = float32(uniform(c.random, -1, 1))
		}
		if sigma := a.Sigma[min(axis, len(a.Sigma)-1)]; sigma > 0 {
			size := int(8*sigma+1) | 1
			c.blur(d, size, size, a.Sigma[0], a.Sigma[len(a.Sigma)-1])
		}
	}
	c.displace(src, a.Alpha[0]/2, a.Alpha[len(a.Alpha)-1]/2, a.Interpolation == nearest, a.Fill)
}

// displace moves pixels by scratch planes 0 and 1 times a factor for each axis.
func (c *canvas) displace(src []float32, factorX, factorY float64, byNearest bool, fill []float64) {
	across, down := c.planes[0], c.planes[1]
	c.prepareFills(fill)
	for y := range c.H {
		for x := range c.W {
			i := y*c.W + x
			sx := float64(x) + float64(across[i])*factorX
			sy := float64(y) + float64(down[i])*factorY
			if byNearest {
				c.nearest(c.x, src, i, sx, sy)
			} else {
				c.bilinear(c.x, src, i, sx, sy)
			}
		}
	}
}
