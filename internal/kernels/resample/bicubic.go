package resample

import "math"

// cubic is where a place of the result of Bicubic gets its value: four places of the input, and their weights.
type cubic struct {
	places  [4]int
	weights [4]float64
}

// cubics returns those of an axis. A place outside of the input has the value of the nearest one.
func (a Axis) cubics() []cubic {
	all := make([]cubic, a.Out)
	for i := range all {
		at := a.at(i)
		first := math.Floor(at)
		t := at - first
		all[i].weights = [4]float64{outerCubic(t + 1), innerCubic(t), innerCubic(1 - t), outerCubic(2 - t)}
		for k := range all[i].places {
			all[i].places[k] = min(max(int(first)-1+k, 0), a.In-1)
		}
	}
	return all
}

// slope is the parameter a of Keys' kernel: PyTorch's.
const slope = -0.75

// innerCubic is the kernel at distances of 0 to 1. Keys, 1981, Cubic convolution interpolation for digital image
// processing.
func innerCubic(x float64) float64 { return ((slope+2)*x-(slope+3))*x*x + 1 }

// outerCubic is the kernel at distances of 1 to 2.
func outerCubic(x float64) float64 { return ((slope*x-5*slope)*x+8*slope)*x - 4*slope }

// bicubic resamples a plane: its rows first, into rows, and then the columns of these.
func (p *Plan[T]) bicubic(y, x, rows []T) {
	width := p.shape.W.Out
	for r := range p.shape.H.In {
		to, from := rows[r*width:][:width], x[r*p.shape.W.In:][:p.shape.W.In]
		for i := range to {
			c := &p.across[i]
			sum := T(0)
			for k, at := range c.places {
				sum += T(c.weights[k]) * from[at]
			}
			to[i] = sum
		}
	}
	for r := range p.along {
		to := y[r*width:][:width]
		clear(to)
		for k, at := range p.along[r].places {
			w := T(p.along[r].weights[k])
			for i, v := range rows[at*width:][:width] {
				to[i] += w * v
			}
		}
	}
}

// bicubicGradient is the transposition of bicubic. dx and rows are 0 before.
func (p *Plan[T]) bicubicGradient(dx, dy, rows []T) {
	width := p.shape.W.Out
	for r := range p.along {
		for k, at := range p.along[r].places {
			w, to := T(p.along[r].weights[k]), rows[at*width:][:width]
			for i, g := range dy[r*width:][:width] {
				to[i] += w * g
			}
		}
	}
	for r := range p.shape.H.In {
		to := dx[r*p.shape.W.In:][:p.shape.W.In]
		for i, g := range rows[r*width:][:width] {
			c := &p.across[i]
			for k, at := range c.places {
				to[at] += T(c.weights[k]) * g
			}
		}
	}
}
