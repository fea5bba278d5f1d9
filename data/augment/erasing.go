package augment

import (
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

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
		chance(&a.P, 0.5),
		spec.Optional("scale", &a.Scale, [2]float64{0.02, 0.33}).Within(0, 1).InOrder(),
		spec.Optional("ratio", &a.Ratio, [2]float64{0.3, 3.3}).Within(0.01, 100).InOrder(),
	}
}

func (a RandomErasing) String() string { return spec.Format("RandomErasing", a.settings()...) }

func (a RandomErasing) Validate() error { return spec.Validate("RandomErasing", a.settings()...) }

func (a RandomErasing) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a RandomErasing) draw(c *canvas) {
	c.flush()
	if c.random.Float64() >= a.P {
		return
	}
	for range 10 {
		area := uniform(c.random, a.Scale[0], a.Scale[1]) * float64(c.H*c.W)
		ratio := math.Exp(uniform(c.random, math.Log(a.Ratio[0]), math.Log(a.Ratio[1])))
		h, w := int(math.Round(math.Sqrt(area*ratio))), int(math.Round(math.Sqrt(area/ratio)))
		if h >= c.H || w >= c.W {
			continue
		}
		top, left := c.random.IntN(c.H-h+1), c.random.IntN(c.W-w+1)
		for channel := range c.C {
			fill := c.fill(nil, channel)
			for y := top; y < top+h; y++ {
				row := (channel*c.H + y) * c.W
				for x := left; x < left+w; x++ {
					c.x[row+x] = fill
				}
			}
		}
		return
	}
}
