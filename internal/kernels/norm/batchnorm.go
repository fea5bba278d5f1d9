// Package norm computes normalization. A Batch normalises by the statistics of a batch, alone or in one pass with the
// ReLU and the max-pooling that follow. A Sample normalises each sample by its own: group, instance, layer and
// root-mean-square normalization, alone or with the ReLU that follows.
//
// The statistics of a plane are computed in one pass over it, relative to an estimate of its mean, and are finished in
// float64.
package norm

import (
	"anneal/internal/kernels"
)

// BatchNorm normalises each channel of x, [n, c, spatial], over its n·spatial values:
//
//	y = gamma·xhat + beta,  xhat = (x − mean)/sqrt(variance + eps)
//
// spatial is H·W, or 1 for x of [n, c]. gamma and beta are [c]; nil stands for 1 and 0. The variance is the biased one,
// Σ(x − mean)²/(n·spatial). Ioffe and Szegedy, 2015, arXiv:1502.03167.
type BatchNorm[T kernels.Float] struct{ norm *normalizer[T] }

// NewBatchNorm returns a plan for x of [n, c, spatial].
func NewBatchNorm[T kernels.Float](n, c, spatial int, eps float64) *BatchNorm[T] {
	return &BatchNorm[T]{newNormalizer[T](n, c, spatial, eps, false)}
}

// Mean returns the channels' means in the last Forward, until the next one overwrites them.
func (b *BatchNorm[T]) Mean() []float64 { return b.norm.mean }

// Var returns the channels' biased variances in the last Forward, until the next one overwrites them.
func (b *BatchNorm[T]) Var() []float64 { return b.norm.variance }

// Forward normalises x by its own mean and variance.
func (b *BatchNorm[T]) Forward(y, x, gamma, beta []T) {
	b.check("BatchNorm.Forward", y, x)
	b.norm.batch(x, gamma, beta)
	b.norm.y = y
	b.norm.apply.Run()
}

// ForwardEval normalises x by the given mean and variance, [c] each.
func (b *BatchNorm[T]) ForwardEval(y, x, gamma, beta, mean, variance []T) {
	b.check("BatchNorm.ForwardEval", y, x)
	b.norm.given(gamma, beta, mean, variance)
	b.norm.x, b.norm.y = x, y
	b.norm.apply.Run()
}

// Backward sets the gradients of the last Forward, which had the same x and gamma. The statistics depend on x too:
//
//	dgamma = Σ dy·xhat,  dbeta = Σ dy,  dx = gamma/sqrt(variance + eps)·(dy − dbeta/m − xhat·dgamma/m),  m = n·spatial
//
// Any of dx, dgamma and dbeta may be nil; dx may be dy.
func (b *BatchNorm[T]) Backward(dx, dgamma, dbeta, dy, x, gamma []T) {
	b.check("BatchNorm.Backward", dy, x)
	b.norm.x, b.norm.dy, b.norm.dx = x, dy, dx
	b.norm.recall(gamma, nil)
	b.norm.reduce.Run()
	b.norm.gradients(dgamma, dbeta, gamma)
	if dx != nil {
		b.check("BatchNorm.Backward", dx, x)
		b.norm.backward.Run()
	}
}

// BackwardEval sets the gradients of a ForwardEval with the same x, gamma, mean and variance, the last two constants:
//
//	dgamma = Σ dy·xhat,  dbeta = Σ dy,  dx = gamma/sqrt(variance + eps)·dy
//
// Any of dx, dgamma and dbeta may be nil; dx may be dy.
func (b *BatchNorm[T]) BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance []T) {
	b.check("BatchNorm.BackwardEval", dy, x)
	b.norm.given(gamma, nil, mean, variance)
	b.norm.x, b.norm.dy, b.norm.dx = x, dy, dx
	b.norm.reduce.Run()
	b.norm.gradientsEval(dgamma, dbeta, variance)
	if dx != nil {
		b.check("BatchNorm.BackwardEval", dx, x)
		b.norm.backward.Run()
	}
}

func (b *BatchNorm[T]) check(op string, y, x []T) {
	kernels.CheckLen(op, "x", len(x), b.norm.n*b.norm.c*b.norm.spatial)
	kernels.CheckLen(op, "y, dy or dx", len(y), len(x))
}
