package pool

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
)

// TestPool2x2 is TestAffine for planes pooled by 2×2.
func TestPool2x2(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	const planes, channels, first = 4, 3, 2
	maps := []elementwise.ScaleShift[float32]{{Center: 0.3, Scale: 0.5, Shift: -0.2, Slope: 0.7, Offset: -0.4}, {Center: -0.6, Scale: -0.5, Shift: 0.1, Slope: 1.2, Offset: 0.9}, {Center: 1.1, Scale: 1.6, Shift: 0.4, Slope: -0.8, Offset: 0.2}}
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
			kerneltest.CompareVariants(t, fmt.Sprintf("planes of %d×%d, maps %v", h, w, m != nil), 0, func(offset int) kerneltest.Results {
				y, intactY := kerneltest.Guarded[float32](t, n/4, offset)
				dx, intactDX := kerneltest.Guarded[float32](t, n, (offset+3)%8)
				var chosen []float32
				intactChosen := func() {}
				if m != nil {
					chosen, intactChosen = kerneltest.Guarded[float32](t, n/4, (offset+5)%8)
				}
				x2, _ := kerneltest.Guarded[float32](t, n, (offset+1)%8)
				copy(x2, x)
				dy2, _ := kerneltest.Guarded[float32](t, n/4, (offset+2)%8)
				copy(dy2, dy)
				Forward2x2(y, chosen, x2, m, first, h, w)
				Backward2x2(dx, dy2, x2, y, m, first, h, w)
				intactY()
				intactDX()
				intactChosen()
				return kerneltest.Results{Values: [][]float32{y, dx, chosen}}
			})
		}
	}
}
