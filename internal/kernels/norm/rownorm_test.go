package norm

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
)

// TestRowNorm holds the passes of every variant to their definitions and to plain Go, at every size of a row and every
// alignment.
func TestRowNorm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 19))
	const rows = 3
	maps := randomMaps(r, rows)
	for size := 1; size <= 130; size++ {
		n := rows * size
		x, dy, mask := kerneltest.Normal[float32](r, n, 3, 1), kerneltest.Normals[float32](r, n),
			kerneltest.Normals[float32](r, n)
		gamma, beta := kerneltest.Normals[float32](r, size), kerneltest.Normals[float32](r, size)
		for _, relu := range []bool{false, true} {
			name, want := fmt.Sprintf("rows of %d, ReLU %v", size, relu), rowsDefined(x, dy, mask, gamma, beta, maps, relu)
			kerneltest.CompareVariants(t, name, 0, want, func(what string, offset int) kerneltest.Results {
				y, intactY := kerneltest.Guarded[float32](t, n, offset)
				dx, intactDX := kerneltest.Guarded[float32](t, n, (offset+3)%8)
				dgamma, intactDGamma := kerneltest.Guarded[float32](t, size, (offset+6)%8)
				dbeta, intactDBeta := kerneltest.Guarded[float32](t, size, (offset+7)%8)
				clear(dgamma)
				clear(dbeta)
				at := func(v []float32, shift int) []float32 {
					s, _ := kerneltest.Guarded[float32](t, len(v), (offset+shift)%8)
					copy(s, v)
					return s
				}
				x, dy, gate, gamma, beta := at(x, 1), at(dy, 2), at(mask, 5), at(gamma, 3), at(beta, 4)
				if !relu {
					gate = nil
				}
				sums := make([]moments, rows)
				rowNorm(y, x, gamma, beta, maps, relu)
				rowNormReduce(sums, dy, x, gate, gamma, maps)
				rowNormBackward(dx, dgamma, dbeta, dy, x, gate, gamma, maps)
				intactY("%s: y", what)
				intactDX("%s: dx", what)
				intactDGamma("%s: dgamma", what)
				intactDBeta("%s: dbeta", what)
				got := kerneltest.Results{Values: [][]float32{y, dx, dgamma, dbeta}}
				for _, s := range sums {
					got.Sums = append(got.Sums, s.first, s.second)
				}
				return got
			})
		}
	}
}

// rowsDefined returns what the passes give by their definitions: y, dx, dgamma, dbeta and the sums.
func rowsDefined(x, dy, mask, gamma, beta []float32, maps []elementwise.ScaleShift[float32],
	relu bool,
) kerneltest.Reference {
	size := len(gamma)
	y, dx, dgamma, dbeta := make([]float64, len(x)), make([]float64, len(x)), make([]float64, size), make([]float64, size)
	sums := make([]float64, 2*len(maps))
	for i := range x {
		row, k := i/size, i%size
		m := maps[row]
		center, scale, shift := float64(m.Center), float64(m.Scale), float64(m.Shift)
		v, g := float64(x[i]), float64(dy[i])
		if relu && !(mask[i] > 0) {
			g = 0
		}
		xhat := (v-center)*scale + shift
		y[i] = xhat*float64(gamma[k]) + float64(beta[k])
		if relu {
			y[i] = max(y[i], 0)
		}
		dgamma[k] += g * xhat
		dbeta[k] += g
		g *= float64(gamma[k])
		dx[i] = g*scale + (v-center)*float64(m.Slope) + float64(m.Offset)
		sums[2*row] += g
		sums[2*row+1] += g * (v - center)
	}
	return kerneltest.Reference{Values: [][]float64{y, dx, dgamma, dbeta}, Sums: sums}
}
