package augment

import (
	"math"
	"math/rand/v2"

	"anneal/internal/spec"
)

// RandomPerspective shows an image as seen from the side: each of its corners moves inwards by up to half of Distortion
// times the image's width and height.
type RandomPerspective struct {
	Distortion    float64   // 0 to 1; 0.5 in a spec without it
	P             float64   // the probability, 0 to 1; 0.5 in a spec without it
	Interpolation string    // "bilinear" or "nearest"; "": bilinear
	Fill          []float64 // the pixel of what comes from outside, 0 to 1, one per channel or one; nil: the background
}

func (a *RandomPerspective) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("distortion_scale", &a.Distortion, 0.5).Within(0, 1), chance(&a.P, 0.5),
		interpolationSetting(&a.Interpolation), fillSetting(&a.Fill),
	}
}

func (a RandomPerspective) String() string { return spec.Format("RandomPerspective", a.settings()...) }

func (a RandomPerspective) Validate() error {
	if err := validInterpolation("RandomPerspective", a.Interpolation); err != nil {
		return err
	}
	return spec.Validate("RandomPerspective", a.settings()...)
}

func (a RandomPerspective) fits(f Frame) error { return fitsFill("RandomPerspective", a.Fill, f) }

func (a RandomPerspective) Apply(dst, src []float32, f Frame, r *rand.Rand) {
	alone(a, dst, src, f, r)
}

// corners are x and y of the upper left, upper right, lower right and lower left corner.
type corners [4][2]float64

func (a RandomPerspective) draw(c *canvas) {
	if c.random.Float64() >= a.P {
		return
	}
	across := int(a.Distortion*float64(c.W/2)) + 1
	down := int(a.Distortion*float64(c.H/2)) + 1
	from := corners{{0, 0}, {float64(c.W - 1), 0}, {float64(c.W - 1), float64(c.H - 1)}, {0, float64(c.H - 1)}}
	to := from
	for i := range to { // inwards
		dx, dy := float64(c.random.IntN(across)), float64(c.random.IntN(down))
		if from[i][0] > 0 {
			dx = -dx
		}
		if from[i][1] > 0 {
			dy = -dy
		}
		to[i][0] += dx
		to[i][1] += dy
	}
	w, ok := perspective(from, to)
	if ok {
		c.link(link{warp: w, fill: a.Fill, nearest: a.Interpolation == nearest})
	}
}

// perspective returns the map of an image whose corners move, and whether there is one: three corners on one line have
// none. As in torchvision, corners are counted from the middle of the first pixel and places from its corner.
func perspective(from, to corners) (w warp, ok bool) {
	w = warp{m: [3][3]float64{{1, 0, -0.5}, {0, 1, -0.5}, {0, 0, 1}}, x0: -0.5, y0: -0.5}
	if from == to {
		return w, true
	}
	// Each corner gives two equations for the eight numbers of (a·x + b·y + c)/(g·x + h·y + 1) and its like for y.
	var system [8][9]float64
	for i, p := range to {
		q := from[i]
		system[2*i] = [9]float64{p[0], p[1], 1, 0, 0, 0, -q[0] * p[0], -q[0] * p[1], q[0]}
		system[2*i+1] = [9]float64{0, 0, 0, p[0], p[1], 1, -q[1] * p[0], -q[1] * p[1], q[1]}
	}
	x, ok := solve(&system)
	if !ok {
		return w, false
	}
	w.m = [3][3]float64{{x[0], x[1], x[2]}, {x[3], x[4], x[5]}, {x[6], x[7], 1}}
	for j := range 3 {
		w.m[0][j] -= 0.5 * w.m[2][j]
		w.m[1][j] -= 0.5 * w.m[2][j]
	}
	return w, true
}

// solve returns the solution of eight equations by Gaussian elimination, whose last column is the right side.
func solve(system *[8][9]float64) (x [8]float64, ok bool) {
	for i := range system {
		pivot := i
		for j := i + 1; j < len(system); j++ {
			if math.Abs(system[j][i]) > math.Abs(system[pivot][i]) {
				pivot = j
			}
		}
		system[i], system[pivot] = system[pivot], system[i]
		if math.Abs(system[i][i]) < 1e-9 {
			return x, false
		}
		for j := i + 1; j < len(system); j++ {
			factor := system[j][i] / system[i][i]
			for k := i; k < 9; k++ {
				system[j][k] -= factor * system[i][k]
			}
		}
	}
	for i := len(x) - 1; i >= 0; i-- {
		x[i] = system[i][8]
		for k := i + 1; k < len(x); k++ {
			x[i] -= system[i][k] * x[k]
		}
		x[i] /= system[i][i]
	}
	return x, true
}
