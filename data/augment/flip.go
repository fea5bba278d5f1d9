package augment

import (
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandomHorizontalFlip mirrors an image, left to right.
type RandomHorizontalFlip struct {
	P float64 // the probability, 0 to 1; 0.5 in a spec without it
}

// RandomVerticalFlip mirrors an image, top to bottom.
type RandomVerticalFlip struct {
	P float64 // the probability, 0 to 1; 0.5 in a spec without it
}

// chance declares the probability of an augmentation.
func chance(dest *float64, p float64) spec.Setting { return spec.Optional("p", dest, p).Within(0, 1) }

func (a *RandomHorizontalFlip) settings() []spec.Setting { return []spec.Setting{chance(&a.P, 0.5)} }

func (a *RandomVerticalFlip) settings() []spec.Setting { return []spec.Setting{chance(&a.P, 0.5)} }

func (a RandomHorizontalFlip) String() string {
	return spec.Format("RandomHorizontalFlip", a.settings()...)
}

func (a RandomVerticalFlip) String() string {
	return spec.Format("RandomVerticalFlip", a.settings()...)
}

func (a RandomHorizontalFlip) Validate() error {
	return spec.Validate("RandomHorizontalFlip", a.settings()...)
}

func (a RandomVerticalFlip) Validate() error {
	return spec.Validate("RandomVerticalFlip", a.settings()...)
}

func (a RandomHorizontalFlip) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	alone(a, dst, src, f, r)
}

func (a RandomVerticalFlip) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	alone(a, dst, src, f, r)
}

func (a RandomHorizontalFlip) draw(c *canvas) {
	if c.random.Float64() < a.P {
		w := warp{m: [3][3]float64{{-1, 0, float64(c.W - 1)}, {0, 1, 0}, {0, 0, 1}}}
		c.link(link{warp: w, mirror: horizontal})
	}
}

func (a RandomVerticalFlip) draw(c *canvas) {
	if c.random.Float64() < a.P {
		w := warp{m: [3][3]float64{{1, 0, 0}, {0, -1, float64(c.H - 1)}, {0, 0, 1}}}
		c.link(link{warp: w, mirror: vertical})
	}
}
