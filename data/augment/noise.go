package augment

import (
	"math/rand/v2"

	"anneal/internal/spec"
)

// GaussianNoise adds a normally distributed random number of mean 0 to each pixel.
type GaussianNoise struct {
	Sigma float64 // the standard deviation in units of normalised pixels, 0 to 1e30; 0.1 in a spec without it
}

func (a *GaussianNoise) settings() []spec.Setting {
	return []spec.Setting{spec.Optional("sigma", &a.Sigma, 0.1).Within(0, 1e30)}
}

func (a GaussianNoise) String() string { return spec.Format("GaussianNoise", a.settings()...) }

func (a GaussianNoise) Validate() error { return spec.Validate("GaussianNoise", a.settings()...) }

func (a GaussianNoise) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a GaussianNoise) draw(c *canvas) {
	c.flush()
	if a.Sigma == 0 {
		return
	}
	for i := range c.x {
		c.x[i] += float32(a.Sigma * c.random.NormFloat64())
	}
}
