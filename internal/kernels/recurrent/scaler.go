package recurrent

import (
	"math"

	"anneal/internal/kernels"
)

// scaler normalises the rows of a matrix of each step, to mean 0 and variance 1, and scales them by a gain: over groups
// of features of each sample or, for BatchNorm, each feature over the samples.
type scaler[T kernels.Float] struct {
	t, n, width int
	eps         float64
	groups      []group
	batch       bool // BatchNorm
	x           []T  // [T, N, width]: what is normalised, then the result, then the gradient
	mean        []T  // BatchNorm's, [T, width], in the order of the gain
	inverse     []T  // 1/√(variance + eps): [groups, T, N], or for BatchNorm like mean
	held        bool // BatchNorm's statistics are the running ones, which are constants

	dgain, dshift [][]T // by part, for BatchNorm by step, in the order of the gain
}

// group is some adjacent features, whose gains are adjacent too. BatchNorm's groups are the blocks.
type group struct{ from, size, gain int }

// newScaler returns a scaler of blocks of l.Hidden features, of which block i has the gains of block order[i]. starts
// are the first blocks of LayerNorm's groups.
func newScaler[T kernels.Float](l *Layer[T], order []int, starts ...int) *scaler[T] {
	s := &scaler[T]{t: l.T, n: l.N, width: len(order) * l.Hidden, eps: l.Eps, batch: l.Norm == BatchNorm}
	s.x = kernels.Make[T](l.T * l.N * s.width)
	if s.batch {
		starts = nil
		for i := range order {
			starts = append(starts, i)
		}
		s.mean, s.inverse = kernels.Make[T](l.T*s.width), kernels.Make[T](l.T*s.width)
	} else {
		s.inverse = kernels.Make[T](len(starts) * l.T * l.N)
	}
	for i, start := range starts {
		end := len(order)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		s.groups = append(s.groups, group{start * l.Hidden, (end - start) * l.Hidden, order[start] * l.Hidden})
	}
	return s
}

// of returns x's rows of p at step t.
func (s *scaler[T]) of(p piece, t int) rows[T] { return rows[T]{s.x[(t*s.n+p.from)*s.width:], s.width} }

// normalise sets y to the normalised x, times the gain, plus add. Rows are those of p at step t, which BatchNorm has
// measured.
func (s *scaler[T]) normalise(t int, p piece, x []T, y, add rows[T], gain []T) {
	xhat, count := s.of(p, t).s, p.to-p.from
	for i, g := range s.groups {
		x, gain := x[g.from:], gain[g.gain:][:g.size]
		if s.batch {
			at := t*s.width + g.gain
			normColumns(xhat[g.from:], x, s.width, y.s[g.from:], y.ld, add.s[g.from:], add.ld, gain, s.mean[at:], s.inverse[at:],
				count)
			continue
		}
		normRows(xhat[g.from:], x, s.width, y.s[g.from:], y.ld, add.s[g.from:], add.ld, gain,
			s.inverse[(i*s.t+t)*s.n+p.from:][:count], s.eps)
	}
}

// measure sets what BatchNorm normalises x of step t by: its mean and variance, or the running ones if they are held.
func (s *scaler[T]) measure(t int, x []T, stats Moments[T], momentum float64) {
	for _, g := range s.groups {
		at := t*s.width + g.gain
		mean, inverse := s.mean[at:][:g.size], s.inverse[at:][:g.size]
		if s.held {
			copy(mean, stats.Mean[at:])
			copy(inverse, stats.Var[at:])
		} else {
			columnMoments(mean, inverse, x[g.from:], s.width, s.n)
			if stats.Mean != nil {
				stats.move(at, mean, inverse, s.n, momentum)
			}
		}
		for j, v := range inverse {
			inverse[j] = T(1 / math.Sqrt(float64(v)+s.eps))
		}
	}
}

// move moves the statistics from place at on towards those of count samples.
func (m Moments[T]) move(at int, mean, variance []T, count int, momentum float64) {
	unbiased := float64(count) / float64(count-1)
	for j := range mean {
		m.Mean[at+j] += T(momentum * (float64(mean[j]) - float64(m.Mean[at+j])))
		m.Var[at+j] += T(momentum * (float64(variance[j])*unbiased - float64(m.Var[at+j])))
	}
}

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
