package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// The functions below reduce columns over the rows of x, [n, c]: sums[k] belongs to column from+k, and stride is c.

// columnStatistics sets each column's mean and the sum of its squared distances from it.
func columnStatistics[T kernels.Float](sums []moments, x []T, from, stride int) {
	clear(sums)
	origin := x[from:][:len(sums)]
	for row := from; row < len(x); row += stride {
		x := x[row:][:len(sums)]
		for k := range sums {
			s, d := &sums[k], float64(x[k])-float64(origin[k])
			s.first += d
			s.second += d * d
		}
	}
	n := float64(len(x) / stride)
	for k, s := range sums {
		mean := s.first / n
		sums[k] = moments{float64(origin[k]) + mean, max(0, s.second-s.first*mean)}
	}
}

// columnReduce sets each column's sums of dy and of dy·(x − center).
func columnReduce[T kernels.Float](sums []moments, dy, x []T, maps []elementwise.ScaleShift[T], from, stride int) {
	clear(sums)
	for row := from; row < len(x); row += stride {
		x, dy := x[row:][:len(sums)], dy[row:][:len(sums)]
		for k := range sums {
			s, g := &sums[k], float64(dy[k])
			s.first += g
			s.second += g * float64(x[k]-maps[k].Center)
		}
	}
}
