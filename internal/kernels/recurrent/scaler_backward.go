package recurrent

// prepareBackward makes the memory of the backward pass.
func (s *scaler[T]) prepareBackward(parts int) {
	s.dx = make([]T, len(s.x))
	for range parts {
		s.dgain, s.dshift = append(s.dgain, make([]float64, s.width)), append(s.dshift, make([]float64, s.width))
	}
}

// backward sets the dx of samples at step t, which holds the gradients of gain·x + shift, to those of what was
// normalised. It adds to the gradients of the part's gain and shift.
func (s *scaler[T]) backward(t int, of samples, gain []T) {
	dgain, dshift := s.dgain[of.part], s.dshift[of.part]
	for n := of.from; n < of.to; n++ {
		x, dx := s.row(s.x, t, n), s.row(s.dx, t, n)
		for i, block := range s.order {
			at := i * s.block
			gain, x, dx := gain[block*s.block:][:s.block], x[at:][:s.block], dx[at:][:s.block]
			dgain, dshift := dgain[at:][:s.block], dshift[at:][:s.block]
			for j, d := range dx {
				dgain[j] += float64(d * x[j])
				dshift[j] += float64(d)
				dx[j] = d * gain[j]
			}
		}
		if s.batch {
			continue
		}
		for i, g := range s.groups {
			x, dx := x[g[0]:g[1]], dx[g[0]:g[1]]
			inverse, size := s.inverse[(t*s.n+n)*len(s.groups)+i], T(len(x))
			mean, slope := sum(dx)/size, dot(dx, x)/size
			for j, d := range dx {
				dx[j] = inverse * (d - mean - x[j]*slope)
			}
		}
	}
	if s.batch {
		s.backwardBatch(t)
	}
}

// backwardBatch goes on with dx, the gradients of BatchNorm's results, to those of what was normalised.
func (s *scaler[T]) backwardBatch(t int) {
	mean, slope := s.sums[0], s.sums[1]
	clear(mean)
	clear(slope)
	for n := range s.n {
		if s.held {
			break // the statistics are constants
		}
		x, dx := s.row(s.x, t, n), s.row(s.dx, t, n)
		for j, d := range dx {
			mean[j] += float64(d)
			slope[j] += float64(d * x[j])
		}
	}
	for n := range s.n {
		x, dx := s.row(s.x, t, n), s.row(s.dx, t, n)
		for j, d := range dx {
			dx[j] = s.inverse[t*s.width+j] * (d - T(mean[j]/float64(s.n)) - x[j]*T(slope[j]/float64(s.n)))
		}
	}
}

// gains sets the gradients of gain and shift, each unless nil, to the sums over the parts.
func (s *scaler[T]) gains(gain, shift []T) {
	for j := range s.width {
		at := s.gainOf(j)
		var ofGain, ofShift float64
		for part := range s.dgain {
			ofGain += s.dgain[part][j]
			ofShift += s.dshift[part][j]
		}
		if gain != nil {
			gain[at] = T(ofGain)
		}
		if shift != nil {
			shift[at] = T(ofShift)
		}
	}
}
