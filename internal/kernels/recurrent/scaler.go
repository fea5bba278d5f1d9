package recurrent

import (
	"math"

	"anneal/internal/kernels"
)

// scaler normalises the rows of a matrix of each step: to mean 0 and variance 1 over groups of features or, for
// BatchNorm, over the samples.
type scaler[T kernels.Float] struct {
	n, width, block int
	eps             float64
	order           []int   // the block of the gain that belongs to each block of the features
	groups          [][]int // LayerNorm's: the features [from, to) of each
	x               []T     // [T, N, width]: what is normalised, and then the result
	inverse         []T     // 1/√(var+eps): [T, N, groups] or, for BatchNorm, [T, width]

	dx     []T          // [T, N, width]
	dgain  [][]float64  // by part, in the order of the features
	dshift [][]float64  // by part
	batch  bool         // BatchNorm
	sums   [2][]float64 // of BatchNorm's features
	held   bool         // the last pass took the statistics as constants
}

// newScaler returns a scaler of blocks of l.Hidden features.
func newScaler[T kernels.Float](l *Layer[T], order []int, groups [][]int) *scaler[T] {
	s := &scaler[T]{n: l.N, width: len(order) * l.Hidden, block: l.Hidden, eps: l.Eps, order: order}
	s.x = make([]T, l.T*l.N*s.width)
	if s.batch = l.Norm == BatchNorm; s.batch {
		s.inverse = make([]T, l.T*s.width)
		s.sums = [2][]float64{make([]float64, s.width), make([]float64, s.width)}
		return s
	}
	for _, g := range groups {
		s.groups = append(s.groups, []int{g[0] * l.Hidden, g[1] * l.Hidden})
	}
	s.inverse = make([]T, l.T*l.N*len(groups))
	return s
}

// row returns the features of sample n at step t in a matrix.
func (s *scaler[T]) row(m []T, t, n int) []T { return m[(t*s.n+n)*s.width:][:s.width] }

// normalise normalises the x of samples at step t.
func (s *scaler[T]) normalise(t int, of samples, stats Moments[T], held bool, momentum float64) {
	if s.batch {
		s.held = held
		s.normaliseBatch(t, stats, momentum)
		return
	}
	for n := of.from; n < of.to; n++ {
		row := s.row(s.x, t, n)
		for i, g := range s.groups {
			x := row[g[0]:g[1]]
			mean := sum(x) / T(len(x))
			for j := range x {
				x[j] -= mean
			}
			inverse := T(1 / math.Sqrt(float64(dot(x, x))/float64(len(x))+s.eps))
			for j := range x {
				x[j] *= inverse
			}
			s.inverse[(t*s.n+n)*len(s.groups)+i] = inverse
		}
	}
}

// normaliseBatch normalises the x of step t over the samples, or by the running statistics.
func (s *scaler[T]) normaliseBatch(t int, stats Moments[T], momentum float64) {
	mean, variance := s.sums[0], s.sums[1]
	if !s.held {
		clear(mean)
		clear(variance)
		for n := range s.n {
			for j, x := range s.row(s.x, t, n) {
				mean[j] += float64(x)
			}
		}
		for n := range s.n {
			for j, x := range s.row(s.x, t, n) {
				d := float64(x) - mean[j]/float64(s.n)
				variance[j] += d * d
			}
		}
	}
	for j := range s.width {
		at := t*s.width + s.gainOf(j)
		if s.held {
			mean[j], variance[j] = float64(stats.Mean[at]), float64(stats.Var[at])
		} else {
			mean[j] /= float64(s.n)
			if stats.Mean != nil {
				stats.Mean[at] += T(momentum * (mean[j] - float64(stats.Mean[at])))
				stats.Var[at] += T(momentum * (variance[j]/float64(s.n-1) - float64(stats.Var[at])))
			}
			variance[j] /= float64(s.n)
		}
		s.inverse[t*s.width+j] = T(1 / math.Sqrt(variance[j]+s.eps))
	}
	for n := range s.n {
		row := s.row(s.x, t, n)
		for j, x := range row {
			row[j] = T(float64(x)-mean[j]) * s.inverse[t*s.width+j]
		}
	}
}

// gainOf returns the place of feature j in the gain.
func (s *scaler[T]) gainOf(j int) int { return s.order[j/s.block]*s.block + j%s.block }

// sum returns Σ x.
func sum[T kernels.Float](x []T) T {
	var s [4]T
	for ; len(x) >= 4; x = x[4:] {
		s[0] += x[0]
		s[1] += x[1]
		s[2] += x[2]
		s[3] += x[3]
	}
	for _, v := range x {
		s[0] += v
	}
	return s[0] + s[1] + (s[2] + s[3])
}

// dot returns Σ x·y.
func dot[T kernels.Float](x, y []T) T {
	var s [4]T
	for ; len(x) >= 4; x, y = x[4:], y[4:] {
		s[0] += x[0] * y[0]
		s[1] += x[1] * y[1]
		s[2] += x[2] * y[2]
		s[3] += x[3] * y[3]
	}
	for i, v := range x {
		s[0] += v * y[i]
	}
	return s[0] + s[1] + (s[2] + s[3])
}
