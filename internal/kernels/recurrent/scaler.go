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
	x           []T  // [T, N, width]: what is normalised, and then the result
	mean        []T  // BatchNorm's, [T, width], in the order of the gain
	inverse     []T  // 1/√(variance + eps): [groups, T, N], or for BatchNorm like mean
	held        bool // the last pass took the statistics as constants

	dx            []T   // [T, N, width]; nil for a cell state
	dgain, dshift [][]T // by part, for BatchNorm by step, in the order of the gain
}

// group is some adjacent features, whose gains are adjacent too. BatchNorm's groups are the blocks.
type group struct{ from, size, gain int }

// newScaler returns a scaler of blocks of l.Hidden features, of which block i has the gains of block order[i]. starts
// are the first blocks of LayerNorm's groups.
func newScaler[T kernels.Float](l *Layer[T], order []int, starts ...int) *scaler[T] {
	s := &scaler[T]{t: l.T, n: l.N, width: len(order) * l.Hidden, eps: l.Eps, batch: l.Norm == BatchNorm}
	s.x = make([]T, l.T*l.N*s.width)
	if s.batch {
		starts = nil
		for i := range order {
			starts = append(starts, i)
		}
		s.mean, s.inverse = make([]T, l.T*s.width), make([]T, l.T*s.width)
	} else {
		s.inverse = make([]T, len(starts)*l.T*l.N)
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

// normalise sets y to the normalised x, times the gain, plus add. Rows are those of p at step t.
func (s *scaler[T]) normalise(t int, p piece, x []T, y, add rows[T], gain []T, stats Moments[T], held bool,
	momentum float64,
) {
	row, count := t*s.n+p.from, p.to-p.from
	xhat := s.x[row*s.width:]
	s.held = held
	for i, g := range s.groups {
		if !s.batch {
			normRows(xhat[g.from:], x[g.from:], s.width, y.s[g.from:], y.ld, add.s[g.from:], add.ld, gain[g.gain:][:g.size],
				s.inverse[i*s.t*s.n+row:][:count], s.eps)
			continue
		}
		from, n := g.from+p.left, p.right-p.left
		at := g.gain + p.left
		mean, inverse := s.mean[t*s.width+at:][:n], s.inverse[t*s.width+at:][:n]
		if held {
			copy(mean, stats.Mean[t*s.width+at:])
			copy(inverse, stats.Var[t*s.width+at:])
		} else {
			columnMoments(mean, inverse, x[from:], s.width, count)
			if stats.Mean != nil {
				stats.move(t*s.width+at, mean, inverse, count, momentum)
			}
		}
		for j, v := range inverse {
			inverse[j] = T(1 / math.Sqrt(float64(v)+s.eps))
		}
		normColumns(xhat[from:], x[from:], s.width, y.s[from:], y.ld, add.s[from:], add.ld, gain[at:][:n], mean, inverse,
			count)
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
