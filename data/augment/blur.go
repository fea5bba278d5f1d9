package augment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"anneal/internal/spec"
)

// GaussianBlur averages each pixel with those around it, by weights exp(−d²/(2σ²)) at distance d, along the rows and
// then along the columns. Beyond its edges an image is mirrored, without the outermost pixels.
type GaussianBlur struct {
	Size  []int      // width and height of the window in pixels, odd and at most 999, or one number for both
	Sigma [2]float64 // above 0, at most 1000: σ is uniform between these; 0.1, 2 in a spec without it
}

const maxWindow = 999

func (a *GaussianBlur) settings() []spec.Setting {
	fixed := func(x float64) [2]float64 { return [2]float64{x, x} }
	s := rangeSetting("sigma", &a.Sigma, 1e-3, 1e3, fixed)
	return []spec.Setting{
		wholeSetting("kernel_size", &a.Size, 1, 2), s.Initially(func() { a.Sigma = [2]float64{0.1, 2} }, "(0.1, 2.0)"),
	}
}

func (a GaussianBlur) String() string { return spec.Format("GaussianBlur", a.settings()...) }

func (a GaussianBlur) Validate() error {
	wrong := func(n int) bool { return n < 1 || n > maxWindow || n%2 == 0 }
	if n := len(a.Size); n < 1 || n > 2 || slices.ContainsFunc(a.Size, wrong) {
		return fmt.Errorf("GaussianBlur: kernel_size is %v: want one odd number from 1 to %d, or two", a.Size, maxWindow)
	}
	if !(a.Sigma[0] >= 1e-3 && a.Sigma[0] <= a.Sigma[1] && a.Sigma[1] <= 1e3) {
		return fmt.Errorf("GaussianBlur: sigma is %v: want two numbers in order, each from 0.001 to 1000", a.Sigma)
	}
	return nil
}

func (a GaussianBlur) Apply(dst, src []float32, f Frame, r *rand.Rand) { alone(a, dst, src, f, r) }

func (a GaussianBlur) draw(c *canvas) {
	sigma := uniform(c.random, a.Sigma[0], a.Sigma[1])
	c.flush()
	for at := 0; at < len(c.x); at += c.H * c.W {
		c.blur(c.x[at:at+c.H*c.W], a.Size[0], a.Size[len(a.Size)-1], sigma, sigma)
	}
}

// blur blurs a plane [H, W] in place, with a window of an odd width and height.
func (c *canvas) blur(plane []float32, width, height int, sigmaX, sigmaY float64) {
	c.gauss(width, sigmaX)
	for y := range c.H {
		row := plane[y*c.W : (y+1)*c.W]
		c.padded = c.padded[:0]
		for i := range c.W + width - 1 {
			c.padded = append(c.padded, float64(row[reflect(i-width/2, c.W)]))
		}
		for x := range row {
			sum := 0.0
			for k, v := range c.padded[x : x+width] {
				sum += c.weights[k] * v
			}
			row[x] = float32(sum)
		}
	}
	rows := c.plane(2, c.H*c.W)
	copy(rows, plane)
	c.gauss(height, sigmaY)
	for y := range c.H {
		c.padded = append(c.padded[:0], make([]float64, c.W)...)
		for k, weight := range c.weights {
			from := reflect(y+k-height/2, c.H) * c.W
			for x, v := range rows[from : from+c.W] {
				c.padded[x] += weight * float64(v)
			}
		}
		for x, v := range c.padded {
			plane[y*c.W+x] = float32(v)
		}
	}
}

// gauss sets c.weights to size weights, whose sum is 1.
func (c *canvas) gauss(size int, sigma float64) {
	c.weights = c.weights[:0]
	sum := 0.0
	for i := range size {
		d := (float64(i) - float64(size-1)/2) / sigma
		w := math.Exp(-0.5 * d * d)
		c.weights = append(c.weights, w)
		sum += w
	}
	for i := range c.weights {
		c.weights[i] /= sum
	}
}
