package augment

import (
	"fmt"
	"math/rand/v2"

	"anneal/internal/spec"
)

// ColorJitter changes brightness, contrast, saturation and hue by random factors, in random order. Pairs of zeros leave
// that part out. One number b in a spec stands for factors from max(0, 1 − b) to 1 + b, and for ±b of the hue.
//
// The saturation and the hue of an image with other than three channels do not change.
type ColorJitter struct {
	Brightness [2]float64 // 0 to 100: the factor is uniform between these
	Contrast   [2]float64 // 0 to 100
	Saturation [2]float64 // 0 to 100
	Hue        [2]float64 // -0.5 to 0.5: the share of a turn of the colour circle
}

func (a *ColorJitter) settings() []spec.Setting {
	factor := func(x float64) [2]float64 { return [2]float64{max(0, 1-x), 1 + x} }
	var list []spec.Setting
	for i, dest := range []*[2]float64{&a.Brightness, &a.Contrast, &a.Saturation} {
		key := []string{"brightness", "contrast", "saturation"}[i]
		list = append(list, rangeSetting(key, dest, 0, 100, func(x float64) [2]float64 {
			if x == 0 {
				return [2]float64{}
			}
			return factor(x)
		}))
	}
	return append(list, rangeSetting("hue", &a.Hue, -0.5, 0.5, around))
}

func (a ColorJitter) String() string { return spec.Format("ColorJitter", a.settings()...) }

func (a ColorJitter) Validate() error {
	for _, part := range []struct {
		key       string
		pair      [2]float64
		low, high float64
	}{
		{"brightness", a.Brightness, 0, 100},
		{"contrast", a.Contrast, 0, 100},
		{"saturation", a.Saturation, 0, 100},
		{"hue", a.Hue, -0.5, 0.5},
	} {
		if p := part.pair; !(part.low <= p[0] && p[0] <= p[1] && p[1] <= part.high) {
			return fmt.Errorf("ColorJitter: %s is %v: want two numbers in order, each from %v to %v",
				part.key, p, part.low, part.high)
		}
	}
	return nil
}

func (a ColorJitter) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a ColorJitter) draw(c *canvas) {
	order := [4]int{0, 1, 2, 3}
	c.random.Shuffle(4, func(i, j int) { order[i], order[j] = order[j], order[i] })
	pairs := [4][2]float64{a.Brightness, a.Contrast, a.Saturation, a.Hue}
	var factors [4]float64
	for i, p := range pairs {
		if p != [2]float64{} {
			factors[i] = uniform(c.random, p[0], p[1])
		}
	}
	adjust := [4]func(*canvas, float64){(*canvas).brightness, (*canvas).contrast, (*canvas).saturation, (*canvas).hue}
	for _, i := range order {
		if pairs[i] != [2]float64{} {
			c.colored(adjust[i], factors[i])
		}
	}
}

// RandomGrayscale replaces the three channels of an image by their luminance, 0.2989·R + 0.587·G + 0.114·B. An image
// with another number of channels does not change.
type RandomGrayscale struct {
	P float64 // the probability, 0 to 1; 0.1 in a spec without it
}

func (a *RandomGrayscale) settings() []spec.Setting { return []spec.Setting{chance(&a.P, 0.1)} }

func (a RandomGrayscale) String() string { return spec.Format("RandomGrayscale", a.settings()...) }

func (a RandomGrayscale) Validate() error { return spec.Validate("RandomGrayscale", a.settings()...) }

func (a RandomGrayscale) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a RandomGrayscale) draw(c *canvas) {
	if c.random.Float64() < a.P {
		c.colored((*canvas).saturation, 0)
	}
}
