package norm

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
)

// TestScaleShift holds the passes of every variant to their definitions and to plain Go, at every size of a plane and
// every alignment: maps to the bit, sums within rounding. The sums of AVX2 and AVX-512 have the same bits.
func TestScaleShift(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	const planes, channels, first = 5, 3, 1
	maps := randomMaps(r, channels)
	for size := 1; size <= 130; size++ {
		n := planes * size
		x, dy, mask := kerneltest.Normal[float32](r, n, 3, 1), kerneltest.Normals[float32](r, n),
			kerneltest.Normals[float32](r, n)
		for _, relu := range []bool{false, true} {
			name, want := fmt.Sprintf("planes of %d, ReLU %v", size, relu), defined(x, dy, mask, maps, first, size, relu)
			kerneltest.CompareVariants(t, name, 0, want, func(what string, offset int) kerneltest.Results {
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
				scaleShift(z, x, nil, maps, first, size, relu)
				scaleShiftBackward(dx, dy, x, y, relu, maps, first, size)
				statistics(sums[:planes], x, size)
				scaleShiftReduce(sums[planes:], dy, x, y, relu, maps, first, size)
				intactZ("%s: y", what)
				intactDX("%s: dx", what)
				got := kerneltest.Results{Values: [][]float32{z, dx}}
				for _, s := range sums {
					got.Sums = append(got.Sums, s.first, s.second)
				}
				return got
			})
		}
	}
}

// defined returns what the passes give by their definitions: y, dx, the statistics of x and the sums for the gradients.
// mask gates dy with relu.
func defined(x, dy, mask []float32, maps []elementwise.ScaleShift[float32], ch, size int,
	relu bool,
) kerneltest.Reference {
	y, dx := make([]float64, len(x)), make([]float64, len(x))
	var statistics, sums []float64
	for from := 0; from < len(x); from += size {
		m := maps[(ch+from/size)%len(maps)]
		center, scale, shift := float64(m.Center), float64(m.Scale), float64(m.Shift)
		var mean, squares, sum, product float64
		for i := from; i < from+size; i++ {
			v, g := float64(x[i]), float64(dy[i])
			if relu && !(mask[i] > 0) {
				g = 0
			}
			y[i] = (v-center)*scale + shift
			if relu {
				y[i] = max(y[i], 0)
			}
			dx[i] = g*scale + (v-center)*float64(m.Slope) + float64(m.Offset)
			mean += v / float64(size)
			sum += g
			product += g * (v - center)
		}
		for _, v := range x[from : from+size] {
			squares += (float64(v) - mean) * (float64(v) - mean)
		}
		statistics, sums = append(statistics, mean, squares), append(sums, sum, product)
	}
	return kerneltest.Reference{Values: [][]float64{y, dx}, Sums: append(statistics, sums...)}
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
