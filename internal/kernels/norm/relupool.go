package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/pool"
	"anneal/internal/parallel"
)

// ReLUPool is BatchNorm, ReLU and max-pooling in one plan; which of the last two comes first makes no difference.
// Windows of 1×1, which are no pooling, and of pool.Is2x2 are fused: one pass each way, after the pass that each way
// needs for its sums. Every other geometry runs BatchNorm, pool.Max and ReLU.
//
// Fused or not, y has the same bits; gradients differ by rounding, since their sums are added in another order.
type ReLUPool[T kernels.Float] struct {
	s      pool.Shape
	norm   *normalizer[T]
	pool   *pool.Max[T] // not fused
	hidden []T          // not fused: the normalised x, then its gradient
	g      []T          // not fused: dy where y > 0
	chosen []T          // fused pooling: the values of x that gave the maxima
}

// NewReLUPool returns a plan for x of [N, C, H, W] and the windows of s.
func NewReLUPool[T kernels.Float](s pool.Shape, eps float64) *ReLUPool[T] {
	in := s.H * s.W
	oh, ow := s.Out()
	out := oh * ow
	single := s.KH == 1 && s.KW == 1 && s.StrideH == 1 && s.StrideW == 1 && s.PadH == 0 && s.PadW == 0
	b := newNormalizer[T](s.N, s.C, in, eps, single)
	p := &ReLUPool[T]{s: s, norm: b}
	switch {
	case single:
	case pool.Is2x2(s):
		p.chosen = kernels.Make[T](s.N * s.C * out)
		b.apply = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
			y, chosen := b.y[from*out:to*out], p.chosen[from*out:to*out]
			pool.Forward2x2(y, chosen, b.planes(b.x, from, to), b.maps, from%s.C, s.H, s.W)
		})
		b.reduce = parallel.NewLoop(s.N*s.C, out, func(from, to int) {
			dy, chosen, y := b.dy[from*out:to*out], p.chosen[from*out:to*out], b.y[from*out:to*out]
			scaleShiftReduce(b.sums[from:to], dy, chosen, y, true, b.maps, from%s.C, out)
		})
		b.backward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
			dy, y := b.dy[from*out:to*out], b.y[from*out:to*out]
			pool.Backward2x2(b.planes(b.dx, from, to), dy, b.planes(b.x, from, to), y, b.maps, from%s.C, s.H, s.W)
		})
	default:
		p.pool = pool.NewMax[T](s)
		p.hidden = kernels.Make[T](s.N * s.C * in)
		p.g = kernels.Make[T](s.N * s.C * out)
	}
	return p
}

// Mean returns the channels' means in the last Forward, until the next one overwrites them.
func (p *ReLUPool[T]) Mean() []float64 { return p.norm.mean }

// Var returns the channels' biased variances in the last Forward, until the next one overwrites them.
func (p *ReLUPool[T]) Var() []float64 { return p.norm.variance }

// Forward sets y, [N, C, OH, OW], from x normalised by its own mean and variance.
func (p *ReLUPool[T]) Forward(y, x, gamma, beta []T) {
	p.check("NormReLUPool.Forward", y, x)
	p.norm.batch(x, gamma, beta)
	p.forward(y, x)
}

// ForwardEval sets y, [N, C, OH, OW], from x normalised by the given mean and variance, [C] each.
func (p *ReLUPool[T]) ForwardEval(y, x, gamma, beta, mean, variance []T) {
	p.check("NormReLUPool.ForwardEval", y, x)
	p.norm.given(gamma, beta, mean, variance)
	p.forward(y, x)
}

func (p *ReLUPool[T]) forward(y, x []T) {
	b := p.norm
	if p.pool == nil {
		b.x, b.y = x, y
		b.apply.Run()
		return
	}
	b.x, b.y = x, p.hidden
	b.apply.Run()
	p.pool.Forward(y, p.hidden)
	elementwise.ReLU(y, y)
}

// Backward sets the gradients of the last Forward, which had the same x, gamma and beta and gave y; see
// BatchNorm.Backward. Any of dx, dgamma and dbeta may be nil.
func (p *ReLUPool[T]) Backward(dx, dgamma, dbeta, dy, x, y, gamma, beta []T) {
	p.check("NormReLUPool.Backward", y, x)
	p.norm.recall(gamma, beta)
	p.reduce(dy, x, y)
	p.norm.gradients(dgamma, dbeta, gamma)
	p.backward("NormReLUPool.Backward", dx)
}

// BackwardEval sets the gradients of the last ForwardEval, which had the same arguments and gave y; see
// BatchNorm.BackwardEval. Any of dx, dgamma and dbeta may be nil.
func (p *ReLUPool[T]) BackwardEval(dx, dgamma, dbeta, dy, x, y, gamma, beta, mean, variance []T) {
	p.check("NormReLUPool.BackwardEval", y, x)
	p.norm.given(gamma, beta, mean, variance)
	p.reduce(dy, x, y)
	p.norm.gradientsEval(dgamma, dbeta, variance)
	p.backward("NormReLUPool.BackwardEval", dx)
}

// reduce sums for the gradients.
func (p *ReLUPool[T]) reduce(dy, x, y []T) {
	kernels.CheckLen("NormReLUPool", "dy", len(dy), len(y))
	if p.pool != nil {
		elementwise.ReLUBackward(p.g, dy, y)
		p.pool.Backward(p.hidden, p.g)
		dy = p.hidden
	}
	p.norm.x, p.norm.y, p.norm.dy = x, y, dy
	p.norm.reduce.Run()
}

// backward sets dx unless it is nil.
func (p *ReLUPool[T]) backward(op string, dx []T) {
	if dx == nil {
		return
	}
	kernels.CheckLen(op, "dx", len(dx), len(p.norm.x))
	p.norm.dx = dx
	p.norm.backward.Run()
}

func (p *ReLUPool[T]) check(op string, y, x []T) {
	oh, ow := p.s.Out()
	kernels.CheckLen(op, "the input", len(x), p.s.N*p.s.C*p.s.H*p.s.W)
	kernels.CheckLen(op, "the output", len(y), p.s.N*p.s.C*oh*ow)
}
