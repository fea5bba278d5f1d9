package kernels

import "math"

// BatchNorm normalises each channel of x, [n, c, spatial], over its n·spatial values:
//
//	y = gamma·xhat + beta,  xhat = (x − mean)/sqrt(variance + eps)
//
// spatial is H·W, or 1 for x of [n, c]. gamma and beta are [c]; nil stands for 1 and 0. The variance is the biased one, Σ(x − mean)²
// over n·spatial. Ioffe and Szegedy, 2015, arXiv:1502.03167.
type BatchNorm[T Float] struct {
	n, c, spatial  int
	eps            float64
	mean, variance []float64 // [c], of the last Forward

	x, y, dx, dy                   []T         // the arguments of the call at work
	sums                           []moments   // [n, c]
	maps                           []affine[T] // [c]
	measure, apply, reduce, unwind planes
}

// NewBatchNorm returns a plan for x of [n, c, spatial].
func NewBatchNorm[T Float](n, c, spatial int, eps float64) *BatchNorm[T] {
	b := &BatchNorm[T]{
		n: n, c: c, spatial: spatial, eps: eps,
		mean: make([]float64, c), variance: make([]float64, c),
		sums: make([]moments, n*c), maps: make([]affine[T], c),
	}
	b.measure = newPlanes(n*c, spatial, func(from, to int) {
		statistics(b.sums[from:to], b.of(b.x, from, to), spatial)
	})
	b.apply = newPlanes(n*c, spatial, func(from, to int) {
		affineForward(b.of(b.y, from, to), b.of(b.x, from, to), b.maps, from%c, spatial, false)
	})
	b.reduce = newPlanes(n*c, spatial, func(from, to int) {
		affineReduce(b.sums[from:to], b.of(b.dy, from, to), b.of(b.x, from, to), nil, b.maps, from%c, spatial)
	})
	b.unwind = newPlanes(n*c, spatial, func(from, to int) {
		affineBackward(b.of(b.dx, from, to), b.of(b.dy, from, to), b.of(b.x, from, to), nil, b.maps, from%c, spatial)
	})
	return b
}

// of returns the planes [from, to) of v.
func (b *BatchNorm[T]) of(v []T, from, to int) []T { return v[from*b.spatial : to*b.spatial] }

// Mean returns the channels' means in the last Forward, until the next one overwrites them.
func (b *BatchNorm[T]) Mean() []float64 { return b.mean }

// Var returns the channels' biased variances in the last Forward, until the next one overwrites them.
func (b *BatchNorm[T]) Var() []float64 { return b.variance }

// Forward normalises x by its own mean and variance.
func (b *BatchNorm[T]) Forward(y, x, gamma, beta []T) {
	b.check("BatchNorm.Forward", y, x)
	b.batch(x, gamma, beta)
	b.y = y
	b.apply.run()
}

// ForwardEval normalises x by the given mean and variance, [c] each.
func (b *BatchNorm[T]) ForwardEval(y, x, gamma, beta, mean, variance []T) {
	b.check("BatchNorm.ForwardEval", y, x)
	b.given(gamma, beta, mean, variance)
	b.x, b.y = x, y
	b.apply.run()
}

// Backward sets the gradients of the last Forward, which had the same x and gamma. The statistics depend on x too:
//
//	dgamma = Σ dy·xhat,  dbeta = Σ dy,  dx = gamma/sqrt(variance + eps)·(dy − dbeta/m − xhat·dgamma/m),  m = n·spatial
//
// Any of dx, dgamma and dbeta may be nil; dx may be dy.
func (b *BatchNorm[T]) Backward(dx, dgamma, dbeta, dy, x, gamma []T) {
	b.check("BatchNorm.Backward", dy, x)
	b.x, b.dy, b.dx = x, dy, dx
	b.recall(gamma, nil)
	b.reduce.run()
	b.gradients(dgamma, dbeta, gamma)
	if dx != nil {
		b.check("BatchNorm.Backward", dx, x)
		b.unwind.run()
	}
}

// BackwardEval sets the gradients of a ForwardEval with the same x, gamma, mean and variance, the last two constants:
//
//	dgamma = Σ dy·xhat,  dbeta = Σ dy,  dx = gamma/sqrt(variance + eps)·dy
//
// Any of dx, dgamma and dbeta may be nil; dx may be dy.
func (b *BatchNorm[T]) BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance []T) {
	b.check("BatchNorm.BackwardEval", dy, x)
	b.given(gamma, nil, mean, variance)
	b.x, b.dy, b.dx = x, dy, dx
	b.reduce.run()
	b.gradientsEval(dgamma, dbeta, variance)
	if dx != nil {
		b.check("BatchNorm.BackwardEval", dx, x)
		b.unwind.run()
	}
}

// batch sets the maps to normalise x by its own statistics.
func (b *BatchNorm[T]) batch(x, gamma, beta []T) {
	b.x = x
	b.measure.run()
	// All planes have one size, so a channel's mean is theirs, and its squared distances are theirs and those of their means.
	// Those are summed from the first plane's mean.
	clear(b.mean)
	clear(b.variance)
	size, ch := float64(b.spatial), 0
	for _, s := range b.sums {
		d := s.first - b.sums[ch].first
		b.mean[ch] += d
		b.variance[ch] += s.second + size*d*d
		if ch++; ch == b.c {
			ch = 0
		}
	}
	for ch := range b.maps {
		d := b.mean[ch] / float64(b.n)
		b.mean[ch] = b.sums[ch].first + d
		b.variance[ch] = max(0, b.variance[ch]/(float64(b.n)*size)-d*d)
		b.maps[ch] = b.normalise(b.mean[ch], b.variance[ch], gamma, beta, ch)
	}
}

// given sets the maps to normalise by the given statistics.
func (b *BatchNorm[T]) given(gamma, beta, mean, variance []T) {
	for ch := range b.maps {
		b.maps[ch] = b.normalise(float64(mean[ch]), float64(variance[ch]), gamma, beta, ch)
	}
}

// recall sets the maps as the last Forward did.
func (b *BatchNorm[T]) recall(gamma, beta []T) {
	for ch := range b.maps {
		b.maps[ch] = b.normalise(b.mean[ch], b.variance[ch], gamma, beta, ch)
	}
}

// normalise returns channel ch's map forward.
func (b *BatchNorm[T]) normalise(mean, variance float64, gamma, beta []T, ch int) affine[T] {
	scale := at(gamma, ch, 1) * b.deviation(variance)
	center := T(mean)
	return affine[T]{center: center, scale: T(scale), shift: T(at(beta, ch, 0) - (mean-float64(center))*scale)}
}

// gradients adds up the planes' sums, and completes the maps to take dy back through the statistics too.
func (b *BatchNorm[T]) gradients(dgamma, dbeta, gamma []T) {
	m := float64(b.n * b.spatial)
	for ch := range b.maps {
		a := &b.maps[ch]
		inv, rest := b.deviation(b.variance[ch]), b.mean[ch]-float64(a.center)
		dg, db := b.parameters(dgamma, dbeta, ch, inv, rest)
		scale := at(gamma, ch, 1) * inv
		a.slope = T(-scale * inv * dg / m)
		a.offset = T(scale / m * (rest*inv*dg - db))
	}
}

// gradientsEval adds up the planes' sums; the statistics being given, the maps take dy back as they are.
func (b *BatchNorm[T]) gradientsEval(dgamma, dbeta, variance []T) {
	for ch, v := range variance {
		b.parameters(dgamma, dbeta, ch, b.deviation(float64(v)), 0)
	}
}

// parameters returns channel ch's dgamma and dbeta and stores them where they are wanted. inv is 1/sqrt(variance + eps), rest is
// mean − center.
func (b *BatchNorm[T]) parameters(dgamma, dbeta []T, ch int, inv, rest float64) (dg, db float64) {
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
func (b *BatchNorm[T]) deviation(variance float64) float64 { return 1 / math.Sqrt(variance+b.eps) }

// at returns v[i], or what a nil v stands for.
func at[T Float](v []T, i int, otherwise float64) float64 {
	if v == nil {
		return otherwise
	}
	return float64(v[i])
}

func (b *BatchNorm[T]) check(op string, y, x []T) {
	checkLen(op, "x", len(x), len(b.sums)*b.spatial)
	checkLen(op, "its counterpart", len(y), len(x))
}
