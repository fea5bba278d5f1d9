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
		s.dgain, s.dshift = append(s.dgain, make([]T, s.width)), append(s.dshift, make([]T, s.width))
	}
}

// clear sets the sums of a part to 0. BatchNorm sets its sums at every step.
func (s *scaler[T]) clear(part int) {
	if !s.batch {
		clear(s.dgain[part])
		clear(s.dshift[part])
	}
}

// backward sets dx to the gradient of what normalise took at step t, given dy, that of its results, and adds to the
// sums that give the gradients of the gain and of what was added. dx may be dy.
func (s *scaler[T]) backward(t int, p piece, dx []T, dy rows[T], gain []T) {
	row, count := t*s.n+p.from, p.to-p.from
	xhat := s.x[row*s.width:]
	for i, g := range s.groups {
		if !s.batch {
			dgain, dshift := s.dgain[p.part][g.gain:], s.dshift[p.part][g.gain:]
			normRowsBackward(dx[g.from:], xhat[g.from:], s.width, dy.s[g.from:], dy.ld, gain[g.gain:][:g.size], dgain, dshift,
				s.inverse[i*s.t*s.n+row:][:count])
			continue
		}
		from, n := g.from+p.left, p.right-p.left
		at := g.gain + p.left
		dgain, dshift := s.dgain[t][at:][:n], s.dshift[t][at:][:n]
		columnSums(dgain, dshift, xhat[from:], s.width, dy.s[from:], dy.ld, count)
		ratio := 1 / T(count)
		if s.held {
			ratio = 0
		}
		normColumnsBackward(dx[from:], xhat[from:], s.width, dy.s[from:], dy.ld, gain[at:][:n], s.inverse[t*s.width+at:],
			dgain, dshift, ratio, count)
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
