package norm

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
)

// TestScaleShift holds the passes of every variant to plain Go, at every size of a plane and every alignment: maps to the bit,
// sums within rounding. The sums of AVX2 and AVX-512 have the same bits.
func TestScaleShift(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	const planes, channels, first = 5, 3, 1
	maps := randomMaps(r, channels)
	for size := 1; size <= 130; size++ {
		n := planes * size
		x, dy, mask := kerneltest.Normal[float32](r, n, 3, 1), kerneltest.Normals[float32](r, n), kerneltest.Normals[float32](r, n)
		for _, relu := range []bool{false, true} {
			kerneltest.CompareVariants(t, fmt.Sprintf("planes of %d, ReLU %v", size, relu), 0, func(offset int) kerneltest.Results {
				z, intactZ := kerneltest.Guarded[float32](t, n, offset)
				dx, intactDX := kerneltest.Guarded[float32](t, n, (offset+3)%8)
				sums := make([]moments, 2*planes)
				at := func(v []float32, shift int) []float32 {
					s, _ := kerneltest.Guarded[float32](t, n, (offset+shift)%8)
					copy(s, v)
					return s
				}
				x, dy, y := at(x, 1), at(dy, 2), at(mask, 5)
				if !relu {
					y = nil
				}
				scaleShift(z, x, maps, first, size, relu)
				scaleShiftBackward(dx, dy, x, y, maps, first, size)
				statistics(sums[:planes], x, size)
				scaleShiftReduce(sums[planes:], dy, x, y, maps, first, size)
				intactZ()
				intactDX()
				got := kerneltest.Results{Values: [][]float32{z, dx}}
				for _, s := range sums {
					got.Sums = append(got.Sums, s.first, s.second)
				}
				return got
			})
		}
	}
}

func randomMaps(r *rand.Rand, channels int) []elementwise.ScaleShift[float32] {
	maps := make([]elementwise.ScaleShift[float32], channels)
	for i := range maps {
		v := kerneltest.Normals[float32](r, 5)
		maps[i] = elementwise.ScaleShift[float32]{Center: v[0], Scale: v[1], Shift: v[2], Slope: v[3], Offset: v[4]}
	}
	maps[0].Scale, maps[1].Scale = 0.5, -0.5
	return maps
}
