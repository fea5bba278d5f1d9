package pool

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
)

// TestPool2x2 holds the passes of every variant to their definitions and to plain Go, at every width and alignment.
func TestPool2x2(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	const planes, channels, first = 4, 3, 2
	maps := []elementwise.ScaleShift[float32]{
		{Center: 0.3, Scale: 0.5, Shift: -0.2, Slope: 0.7, Offset: -0.4},
		{Center: -0.6, Scale: -0.5, Shift: 0.1, Slope: 1.2, Offset: 0.9},
		{Center: 1.1, Scale: 1.6, Shift: 0.4, Slope: -0.8, Offset: 0.2},
	}
	for half := 1; half <= 130; half++ {
		h, w := 2+2*(half%3), 2*half
		n := planes * h * w
		x, dy := kerneltest.Normal[float32](r, n, 0, 2), kerneltest.Normals[float32](r, n/4)
		for i := range x {
			if i%3 > 0 {
				x[i] = float32(int(x[i])) // ties
			}
		}
		for _, m := range [][]elementwise.ScaleShift[float32]{maps, nil} {
			name, want := fmt.Sprintf("planes of %d×%d, maps %v", h, w, m != nil), defined(x, dy, m, first, h, w)
			kerneltest.CompareVariants(t, name, 0, want, func(what string, offset int) kerneltest.Results {
				y, intactY := kerneltest.Guarded[float32](t, n/4, offset)
				dx, intactDX := kerneltest.Guarded[float32](t, n, (offset+3)%8)
				var chosen []float32
				intactChosen := func(string, ...any) {}
				if m != nil {
					chosen, intactChosen = kerneltest.Guarded[float32](t, n/4, (offset+5)%8)
				}
				x2, _ := kerneltest.Guarded[float32](t, n, (offset+1)%8)
				copy(x2, x)
				dy2, _ := kerneltest.Guarded[float32](t, n/4, (offset+2)%8)
				copy(dy2, dy)
				Forward2x2(y, chosen, x2, m, first, h, w)
				Backward2x2(dx, dy2, x2, y, m, first, h, w)
				intactY("%s: y", what)
				intactDX("%s: dx", what)
				intactChosen("%s: chosen", what)
				return kerneltest.Results{Values: [][]float32{y, dx, chosen}}
			})
		}
	}
}

// defined returns y, dx and chosen by their definitions. Which value of a window is the largest is decided on mapped
// values that are rounded to float32, since unequal values may round to equal ones.
func defined(x, dy []float32, maps []elementwise.ScaleShift[float32], ch, h, w int) kerneltest.Reference {
	y, dx, chosen := make([]float64, len(dy)), make([]float64, len(x)), make([]float64, len(dy))
	for o := range dy {
		plane, row, col := o/(h*w/4), o%(h*w/4)/(w/2), o%(w/2)
		m := elementwise.ScaleShift[float32]{Scale: 1}
		if maps != nil {
			m = maps[(ch+plane)%len(maps)]
		}
		center, scale, shift := float64(m.Center), float64(m.Scale), float64(m.Shift)
		corner := plane*h*w + 2*row*w + 2*col
		best := corner
		for _, at := range []int{corner, corner + 1, corner + w, corner + w + 1} {
			if m.Apply(x[at]) > m.Apply(x[best]) {
				best = at
			}
			if maps != nil {
				dx[at] = (float64(x[at])-center)*float64(m.Slope) + float64(m.Offset)
			}
		}
		v := (float64(x[best])-center)*scale + shift
		y[o], chosen[o] = max(v, 0), float64(x[best])
		if v > 0 {
			dx[best] += float64(dy[o]) * scale
		}
	}
	if maps == nil {
		chosen = nil
	}
	return kerneltest.Reference{Values: [][]float64{y, dx, chosen}}
}
