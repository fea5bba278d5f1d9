package recurrent

import (
	"anneal/internal/kernels"
)

// prepareBackward makes the memory of the backward pass.
func (s *scaler[T]) prepareBackward(parts int) {
	if s.batch {
		parts = s.t
	}
	for range parts {
		s.dgain, s.dshift = append(s.dgain, kernels.Make[T](s.width)), append(s.dshift, kernels.Make[T](s.width))
	}
}

// clear sets the sums of a part to 0. BatchNorm sets its sums at every step.
func (s *scaler[T]) clear(part int) {
	if !s.batch {
		clear(s.dgain[part])
		clear(s.dshift[part])
	}
}

// backward sets dx to the gradient of what normalise took at step t, given dy, that of its results. dx may be dy or the
// result. LayerNorm adds to the sums that give the gradients of the gain and of what was added; BatchNorm's are set.
func (s *scaler[T]) backward(t int, p piece, dx []T, dy rows[T], gain []T) {
	xhat, count := s.of(p, t).s, p.to-p.from
	for i, g := range s.groups {
		dx, xhat, dy, gain := dx[g.from:], xhat[g.from:], rows[T]{dy.s[g.from:], dy.ld}, gain[g.gain:][:g.size]
		if s.batch {
			ratio := 1 / T(s.n)
			if s.held {
				ratio = 0
			}
			normColumnsBackward(dx, xhat, s.width, dy.s, dy.ld, gain, s.inverse[t*s.width+g.gain:], s.dgain[t][g.gain:],
				s.dshift[t][g.gain:], ratio, count)
			continue
		}
		normRowsBackward(dx, xhat, s.width, dy.s, dy.ld, gain, s.dgain[p.part][g.gain:], s.dshift[p.part][g.gain:],
			s.inverse[(i*s.t+t)*s.n+p.from:][:count])
	}
}

// sum sets BatchNorm's sums of step t.
func (s *scaler[T]) sum(t int, dy rows[T]) {
	for _, g := range s.groups {
		columnSums(s.dgain[t][g.gain:][:g.size], s.dshift[t][g.gain:], s.x[t*s.n*s.width+g.from:], s.width, dy.s[g.from:],
			dy.ld, s.n)
	}
}

// gains sets the gradients of the gain and of what was added, each unless nil, to the sums over the parts.
func (s *scaler[T]) gains(gain, shift []T) {
	total(gain, s.dgain)
	total(shift, s.dshift)
}

// total sets to, unless it is nil, to the sum of the parts.
func total[T kernels.Float](to []T, parts [][]T) {
	if to == nil {
		return
	}
	for j := range to {
		var sum float64
		for _, part := range parts {
			sum += float64(part[j])
		}
		to[j] = T(sum)
	}
}
