package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Batch is a plan that normalises by a batch's statistics: a BatchNorm, a ReLUPool or a Ghost of them. Backward and
// BackwardEval of a BatchNorm take no y and beta; see Alone.
type Batch[T kernels.Float] interface {
	Forward(y, x, gamma, beta []T)
	ForwardEval(y, x, gamma, beta, mean, variance []T)
	Backward(dx, dgamma, dbeta, dy, x, y, gamma, beta []T)
	BackwardEval(dx, dgamma, dbeta, dy, x, y, gamma, beta, mean, variance []T)
	Renormalise(rMax, dMax float64, mean, variance []T)
	// Statistics calls f with the number of values per channel, and the means and biased variances of the last Forward:
	// once for each virtual batch of a Ghost, in order, and once for another plan.
	Statistics(f func(values int, mean, variance []float64))
}

// Alone makes a Batch of a BatchNorm.
type Alone[T kernels.Float] struct{ *BatchNorm[T] }

// Backward is BatchNorm.Backward.
func (a Alone[T]) Backward(dx, dgamma, dbeta, dy, x, _, gamma, _ []T) {
	a.BatchNorm.Backward(dx, dgamma, dbeta, dy, x, gamma)
}

// BackwardEval is BatchNorm.BackwardEval.
func (a Alone[T]) BackwardEval(dx, dgamma, dbeta, dy, x, _, gamma, _, mean, variance []T) {
	a.BatchNorm.BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance)
}

// Statistics calls f once.
func (b *BatchNorm[T]) Statistics(f func(values int, mean, variance []float64)) {
	f(b.norm.n*b.norm.spatial, b.norm.mean, b.norm.variance)
}

// Statistics calls f once.
func (p *ReLUPool[T]) Statistics(f func(values int, mean, variance []float64)) {
	f(p.norm.n*p.norm.spatial, p.norm.mean, p.norm.variance)
}

// Ghost normalises a batch in virtual batches, each by its own statistics. Hoffer, Hubara and Soudry, Train longer,
// generalize better, 2017, arXiv:1705.08741, algorithm 1.
type Ghost[T kernels.Float] struct {
	Batch[T]             // of the whole batch, for ForwardEval and BackwardEval
	parts     []Batch[T] // of the virtual batches
	n         int
	sum, part [2][]T // dgamma and dbeta
}

// NewGhost returns a plan for a batch of n samples in n/size virtual batches of at least size samples, or in one if n <
// size. Their sizes differ by at most one. plan makes the plan of so many samples.
func NewGhost[T kernels.Float](n, c, size int, plan func(n int) Batch[T]) Batch[T] {
	parts := n / size
	if parts < 2 {
		return plan(n)
	}
	g := &Ghost[T]{Batch: plan(n), n: n, parts: make([]Batch[T], parts)}
	for i := range g.parts {
		from, to := parallel.Range(i, parts, n)
		g.parts[i] = plan(to - from)
	}
	for i := range g.sum {
		g.sum[i], g.part[i] = kernels.Make[T](c), kernels.Make[T](c)
	}
	return g
}

// virtual returns virtual batch i's part of v, [n, ...], which may be nil.
func (g *Ghost[T]) virtual(v []T, i int) []T {
	if v == nil {
		return nil
	}
	from, to := parallel.Range(i, len(g.parts), g.n)
	each := len(v) / g.n
	return v[from*each : to*each]
}

// Forward normalises each virtual batch by its own mean and variance.
func (g *Ghost[T]) Forward(y, x, gamma, beta []T) {
	for i, p := range g.parts {
		p.Forward(g.virtual(y, i), g.virtual(x, i), gamma, beta)
	}
}

// Backward sets the gradients of the last Forward; those of gamma and beta are the sums of the virtual batches'.
func (g *Ghost[T]) Backward(dx, dgamma, dbeta, dy, x, y, gamma, beta []T) {
	clear(g.sum[0])
	clear(g.sum[1])
	for i, p := range g.parts {
		p.Backward(g.virtual(dx, i), g.part[0], g.part[1], g.virtual(dy, i), g.virtual(x, i), g.virtual(y, i), gamma, beta)
		for k := range g.sum {
			for ch, v := range g.part[k] {
				g.sum[k][ch] += v
			}
		}
	}
	copy(dgamma, g.sum[0])
	copy(dbeta, g.sum[1])
}

// Renormalise is BatchNorm.Renormalise for each virtual batch.
func (g *Ghost[T]) Renormalise(rMax, dMax float64, mean, variance []T) {
	for _, p := range g.parts {
		p.Renormalise(rMax, dMax, mean, variance)
	}
}

// Statistics calls f for each virtual batch.
func (g *Ghost[T]) Statistics(f func(values int, mean, variance []float64)) {
	for _, p := range g.parts {
		p.Statistics(f)
	}
}
