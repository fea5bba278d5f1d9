package norm

import (
	"math"

	"anneal/internal/kernels"
)

// correction is what batch renormalization adds to BatchNorm: r and d per channel, which the gradient takes as
// constants.
type correction[T kernels.Float] struct {
	rMax, dMax     float64
	mean, variance []T // the running statistics, [c]
	r, d           []float64
}

// Renormalise makes the plan's next Forward, and the Backward after it, correct the batch's statistics towards the
// running mean and variance, [c] each:
//
//	y = gamma·(xhat·r + d) + beta,  xhat = (x − mean_batch)/s_batch
//	r = s_batch/s clipped to [1/rMax, rMax],  d = (mean_batch − mean)/s clipped to [−dMax, dMax]
//
// where s is √(variance + eps). rMax is at least 1 and dMax at least 0. Ioffe, Batch Renormalization, 2017,
// arXiv:1702.03275, algorithm 1.
func (b *BatchNorm[T]) Renormalise(rMax, dMax float64, mean, variance []T) {
	b.norm.renormalise(rMax, dMax, mean, variance)
}

// Renormalise is BatchNorm.Renormalise.
func (p *ReLUPool[T]) Renormalise(rMax, dMax float64, mean, variance []T) {
	p.norm.renormalise(rMax, dMax, mean, variance)
}

func (b *normalizer[T]) renormalise(rMax, dMax float64, mean, variance []T) {
	if b.correct == nil {
		b.correct = &correction[T]{r: make([]float64, b.c), d: make([]float64, b.c)}
	}
	c := b.correct
	c.rMax, c.dMax, c.mean, c.variance = rMax, dMax, mean, variance
}

// set computes channel ch's r and d from the batch's mean and variance.
func (c *correction[T]) set(ch int, mean, variance, eps float64) {
	running := math.Sqrt(float64(c.variance[ch]) + eps)
	c.r[ch] = min(max(math.Sqrt(variance+eps)/running, 1/c.rMax), c.rMax)
	c.d[ch] = min(max((mean-float64(c.mean[ch]))/running, -c.dMax), c.dMax)
}

// apply returns the gamma and the beta that do to xhat what gamma and beta do to the corrected xhat.
func (c *correction[T]) apply(ch int, gamma, beta float64) (corrected, shifted float64) {
	return gamma * c.r[ch], beta + gamma*c.d[ch]
}

// gradient returns ∂loss/∂gamma, where dgamma belongs to apply's gamma.
func (c *correction[T]) gradient(ch int, dgamma, dbeta float64) float64 {
	return c.r[ch]*dgamma + c.d[ch]*dbeta
}
