package norm

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// normalizer is what BatchNorm and ReLUPool share. x is [n, c, spatial]. The passes work on the tensors that the fields
// name. Values are summed in groups: each plane is a group, except with spatial = 1, where a channel's n values are.
type normalizer[T kernels.Float] struct {
	n, c, spatial  int
	eps            float64
	relu           bool           // what is below 0 becomes 0
	mean, variance []float64      // [c], of the last batch
	correct        *correction[T] // of batch renormalization; nil without

	x, y, dx, dy                     []T
	gated                            []T                         // gated dy, if spatial = 1 and relu
	sums                             []moments                   // [groups, c]
	maps                             []elementwise.ScaleShift[T] // [c]
	measure, apply, reduce, backward parallel.Loop
}

func newNormalizer[T kernels.Float](n, c, spatial int, eps float64, relu bool) *normalizer[T] {
	b := &normalizer[T]{
		n: n, c: c, spatial: spatial, eps: eps, relu: relu,
		mean: make([]float64, c), variance: make([]float64, c), maps: make([]elementwise.ScaleShift[T], c),
	}
	if spatial == 1 {
		b.sums = make([]moments, c)
		b.measure = parallel.NewLoop(c, n, func(from, to int) {
			columnStatistics(b.sums[from:to], b.x, from, c)
		})
		if relu {
			b.gated = kernels.Make[T](n * c)
		}
		b.reduce = parallel.NewLoop(c, n, func(from, to int) {
			if relu {
				for row := 0; row < n*c; row += c {
					elementwise.ReLUBackward(b.gated[row+from:row+to], b.dy[row+from:row+to], b.y[row+from:row+to])
				}
			}
			columnReduce(b.sums[from:to], b.gatedDY(), b.x, b.maps[from:to], from, c)
		})
	} else {
		b.sums = make([]moments, n*c)
		b.measure = parallel.NewLoop(n*c, spatial, func(from, to int) {
			statistics(b.sums[from:to], b.planes(b.x, from, to), spatial)
		})
		b.reduce = parallel.NewLoop(n*c, spatial, func(from, to int) {
			dy, x := b.planes(b.dy, from, to), b.planes(b.x, from, to)
			scaleShiftReduce(b.sums[from:to], dy, x, nil, relu, b.maps, from%c, spatial)
		})
	}
	b.apply = parallel.NewLoop(n*c, spatial, func(from, to int) {
		scaleShift(b.planes(b.y, from, to), b.planes(b.x, from, to), nil, b.maps, from%c, spatial, relu)
	})
	b.backward = parallel.NewLoop(n*c, spatial, func(from, to int) {
		dy, x := b.planes(b.gatedDY(), from, to), b.planes(b.x, from, to)
		scaleShiftBackward(b.planes(b.dx, from, to), dy, x, nil, relu && spatial > 1, b.maps, from%c, spatial)
	})
	return b
}

// planes returns the planes [from, to) of v, which may be nil.
func (b *normalizer[T]) planes(v []T, from, to int) []T {
	if v == nil {
		return nil
	}
	return v[from*b.spatial : to*b.spatial]
}

// gatedDY returns dy, gated already where newNormalizer keeps that.
func (b *normalizer[T]) gatedDY() []T {
	if b.gated != nil {
		return b.gated
	}
	return b.dy
}

// batch sets the maps to normalise x by its own statistics.
func (b *normalizer[T]) batch(x, gamma, beta []T) {
	b.x = x
	b.measure.Run()
	// All groups have one size, so a channel's mean is the mean of its groups' means. Its squared distances are those
	// within the groups and those of their means, which are summed relative to the first mean.
	clear(b.mean)
	clear(b.variance)
	groups := len(b.sums) / b.c
	size, ch := float64(b.n*b.spatial/groups), 0
	for _, s := range b.sums {
		d := s.first - b.sums[ch].first
		b.mean[ch] += d
		b.variance[ch] += s.second + size*d*d
		if ch++; ch == b.c {
			ch = 0
		}
	}
	for ch := range b.maps {
		d := b.mean[ch] / float64(groups)
		b.mean[ch] = b.sums[ch].first + d
		b.variance[ch] = max(0, b.variance[ch]/(float64(groups)*size)-d*d)
		if b.correct != nil {
			b.correct.set(ch, b.mean[ch], b.variance[ch], b.eps)
		}
		b.maps[ch] = b.normaliseBatch(gamma, beta, ch)
	}
}

// given sets the maps to normalise by the given statistics.
func (b *normalizer[T]) given(gamma, beta, mean, variance []T) {
	for ch := range b.maps {
		b.maps[ch] = b.normalise(float64(mean[ch]), float64(variance[ch]), at(gamma, ch, 1), at(beta, ch, 0))
	}
}

// recall sets the maps as the last batch did.
func (b *normalizer[T]) recall(gamma, beta []T) {
	for ch := range b.maps {
		b.maps[ch] = b.normaliseBatch(gamma, beta, ch)
	}
}

// normaliseBatch returns channel ch's map forward by the last batch's statistics.
func (b *normalizer[T]) normaliseBatch(gamma, beta []T, ch int) elementwise.ScaleShift[T] {
	g, s := at(gamma, ch, 1), at(beta, ch, 0)
	if b.correct != nil {
		g, s = b.correct.apply(ch, g, s)
	}
	return b.normalise(b.mean[ch], b.variance[ch], g, s)
}

// normalise returns a channel's map forward.
func (b *normalizer[T]) normalise(mean, variance, gamma, beta float64) elementwise.ScaleShift[T] {
	return forward[T](standard{mean, b.deviation(variance)}, gamma, beta)
}

// gradients adds up the sums, and completes the maps to take dy back through the statistics too.
func (b *normalizer[T]) gradients(dgamma, dbeta, gamma []T) {
	m := float64(b.n * b.spatial)
	for ch := range b.maps {
		a := &b.maps[ch]
		inv, rest := b.deviation(b.variance[ch]), b.mean[ch]-float64(a.Center)
		dg, db := b.parameters(dgamma, dbeta, ch, inv, rest)
		g := at(gamma, ch, 1)
		if b.correct != nil {
			g, _ = b.correct.apply(ch, g, 0)
			if dgamma != nil {
				dgamma[ch] = T(b.correct.gradient(ch, dg, db))
			}
		}
		scale := g * inv
		a.Slope = T(-scale * inv * dg / m)
		a.Offset = T(scale / m * (rest*inv*dg - db))
	}
}

// gradientsEval adds up the sums. The maps take dy back as they are, since the statistics are given.
func (b *normalizer[T]) gradientsEval(dgamma, dbeta, variance []T) {
	for ch, v := range variance {
		b.parameters(dgamma, dbeta, ch, b.deviation(float64(v)), 0)
	}
}

// parameters returns channel ch's dgamma and dbeta and stores them where they are wanted. inv is 1/sqrt(variance +
// eps), rest is mean − center.
func (b *normalizer[T]) parameters(dgamma, dbeta []T, ch int, inv, rest float64) (dg, db float64) {
	for p := ch; p < len(b.sums); p += b.c {
		db += b.sums[p].first
		dg += b.sums[p].second
	}
	dg = inv * (dg - rest*db)
	if dgamma != nil {
		dgamma[ch] = T(dg)
	}
	if dbeta != nil {
		dbeta[ch] = T(db)
	}
	return dg, db
}

// deviation returns 1/sqrt(variance + eps).
func (b *normalizer[T]) deviation(variance float64) float64 { return 1 / math.Sqrt(variance+b.eps) }

// at returns v[i], or what a nil v stands for.
func at[T kernels.Float](v []T, i int, otherwise float64) float64 {
	if v == nil {
		return otherwise
	}
	return float64(v[i])
}
