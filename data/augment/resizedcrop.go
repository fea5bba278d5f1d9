package augment

import (
	"fmt"
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandomResizedCrop takes a rectangle of an image and enlarges it to the image's size. A rectangle that does not fit is
// chosen again, at most ten times; then it is the largest one in the middle whose shape is allowed.
//
// Szegedy et al., Going Deeper with Convolutions, 2014, arXiv:1409.4842.
type RandomResizedCrop struct {
	Size          []int      // height and width, or one number for both, which must be the image's; nil: the image's
	Scale         [2]float64 // 0 to 1: the share of the area is uniform between these; 0.08, 1 in a spec without it
	Ratio         [2]float64 // 0.01 to 100: log(width/height) is uniform between their logarithms; 3/4, 4/3 in a spec
	Interpolation string     // "bilinear" or "nearest"; "": bilinear
}

func (a *RandomResizedCrop) settings() []spec.Setting {
	antialias := true // it concerns images that become smaller
	return []spec.Setting{
		sizeSetting(&a.Size),
		spec.Optional("scale", &a.Scale, [2]float64{0.08, 1}).Within(0, 1).InOrder(),
		spec.Optional("ratio", &a.Ratio, [2]float64{3. / 4, 4. / 3}).Within(0.01, 100).InOrder(),
		interpolationSetting(&a.Interpolation),
		spec.Optional("antialias", &antialias, true),
	}
}

func (a RandomResizedCrop) String() string { return spec.Format("RandomResizedCrop", a.settings()...) }

func (a RandomResizedCrop) Validate() error {
	if err := validInterpolation("RandomResizedCrop", a.Interpolation); err != nil {
		return err
	}
	if !(a.Scale[1] > 0) {
		return fmt.Errorf("RandomResizedCrop: scale is %v: want the second number above 0", a.Scale)
	}
	return spec.Validate("RandomResizedCrop", a.settings()...)
}

func (a RandomResizedCrop) fits(f Frame) error { return fitsSize("RandomResizedCrop", a.Size, f) }

func (a RandomResizedCrop) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	alone(a, dst, src, f, r)
}

func (a RandomResizedCrop) draw(c *canvas) {
	top, left, h, w := a.choose(c.Frame, c.random)
	c.link(resized(c.Frame, top, left, h, w, a.Interpolation == nearest))
}

// choose returns a rectangle.
func (a RandomResizedCrop) choose(f Frame, r *rand.Rand) (top, left, h, w int) {
	for range 10 {
		area := uniform(r, a.Scale[0], a.Scale[1]) * float64(f.H*f.W)
		ratio := math.Exp(uniform(r, math.Log(a.Ratio[0]), math.Log(a.Ratio[1])))
		w, h = int(math.RoundToEven(math.Sqrt(area*ratio))), int(math.RoundToEven(math.Sqrt(area/ratio)))
		if 0 < w && w <= f.W && 0 < h && h <= f.H {
			return r.IntN(f.H - h + 1), r.IntN(f.W - w + 1), h, w
		}
	}
	h, w = f.H, f.W
	switch whole := float64(f.W) / float64(f.H); {
	case whole < a.Ratio[0]:
		h = max(1, int(math.RoundToEven(float64(w)/a.Ratio[0])))
	case whole > a.Ratio[1]:
		w = max(1, int(math.RoundToEven(float64(h)*a.Ratio[1])))
	}
	return (f.H - h) / 2, (f.W - w) / 2, h, w
}

// resized returns the link that enlarges a rectangle of an image to all of it. Pixels next to the rectangle do not
// count: PyTorch crops first.
func resized(f Frame, top, left, h, w int, nearest bool) link {
	sx, sy := float64(w)/float64(f.W), float64(h)/float64(f.H)
	return link{
		warp: warp{
			m:  [3][3]float64{{sx, 0, float64(left) - 0.5}, {0, sy, float64(top) - 0.5}, {0, 0, 1}},
			x0: -0.5, y0: -0.5,
		},
		nearest: nearest, within: true,
		boxed: true, box: [4]float64{float64(left), float64(left + w - 1), float64(top), float64(top + h - 1)},
	}
}
