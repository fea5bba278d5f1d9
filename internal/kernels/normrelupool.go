package kernels

// NormReLUPool is BatchNorm, ReLU and max-pooling in one plan; which of the last two comes first makes no difference. Windows of
// 1×1, which are no pooling, and those that halves describes are fused into one pass each way, after the pass that each way
// needs for its sums. Every other geometry runs BatchNorm, MaxPool and ReLU.
//
// y has the same bits either way; gradients differ by rounding, since their sums are added in another order.
type NormReLUPool[T Float] struct {
	s      PoolShape
	norm   *BatchNorm[T]
	pool   *MaxPool[T] // nil when fused
	chosen []T         // fused pooling: the values of x that gave the maxima
	hidden []T         // not fused: the normalised x, then its gradient
	g      []T         // not fused: dy where y > 0

	x, y, dx, dy          []T // the arguments of the call at work
	apply, reduce, unwind planes
}

// NewNormReLUPool returns a plan for x of [N, C, H, W] and the windows of s.
func NewNormReLUPool[T Float](s PoolShape, eps float64) *NormReLUPool[T] {
	in := s.H * s.W
	oh, ow := s.Out()
	out := oh * ow
	p := &NormReLUPool[T]{s: s, norm: NewBatchNorm[T](s.N, s.C, in, eps)}
	maps, sums := p.norm.maps, p.norm.sums
	switch {
	case s.KH == 1 && s.KW == 1 && s.StrideH == 1 && s.StrideW == 1 && s.PadH == 0 && s.PadW == 0:
		p.apply = newPlanes(s.N*s.C, in, func(from, to int) {
			affineForward(p.y[from*in:to*in], p.x[from*in:to*in], maps, from%s.C, in, true)
		})
		p.reduce = newPlanes(s.N*s.C, in, func(from, to int) {
			affineReduce(sums[from:to], p.dy[from*in:to*in], p.x[from*in:to*in], p.y[from*in:to*in], maps, from%s.C, in)
		})
		p.unwind = newPlanes(s.N*s.C, in, func(from, to int) {
			affineBackward(p.dx[from*in:to*in], p.dy[from*in:to*in], p.x[from*in:to*in], p.y[from*in:to*in], maps, from%s.C, in)
		})
	case halves(s):
		p.chosen = make([]T, s.N*s.C*out)
		p.apply = newPlanes(s.N*s.C, in, func(from, to int) {
			halvesForward(p.y[from*out:to*out], p.chosen[from*out:to*out], p.x[from*in:to*in], maps, from%s.C, s.H, s.W)
		})
		p.reduce = newPlanes(s.N*s.C, out, func(from, to int) {
			affineReduce(sums[from:to], p.dy[from*out:to*out], p.chosen[from*out:to*out], p.y[from*out:to*out], maps, from%s.C, out)
		})
		p.unwind = newPlanes(s.N*s.C, in, func(from, to int) {
			halvesBackward(p.dx[from*in:to*in], p.dy[from*out:to*out], p.x[from*in:to*in], p.y[from*out:to*out], maps, from%s.C, s.H, s.W)
		})
	default:
		p.pool = NewMaxPool[T](s)
		p.hidden = make([]T, s.N*s.C*in)
		p.g = make([]T, s.N*s.C*out)
	}
	return p
}

// Mean returns the channels' means in the last Forward, until the next one overwrites them.
func (p *NormReLUPool[T]) Mean() []float64 { return p.norm.mean }

// Var returns the channels' biased variances in the last Forward, until the next one overwrites them.
func (p *NormReLUPool[T]) Var() []float64 { return p.norm.variance }

// Forward sets y, [N, C, OH, OW], from x normalised by its own mean and variance.
func (p *NormReLUPool[T]) Forward(y, x, gamma, beta []T) {
	p.check("NormReLUPool.Forward", y, x)
	p.norm.batch(x, gamma, beta)
	p.forward(y, x)
}

// ForwardEval sets y, [N, C, OH, OW], from x normalised by the given mean and variance, [C] each.
func (p *NormReLUPool[T]) ForwardEval(y, x, gamma, beta, mean, variance []T) {
	p.check("NormReLUPool.ForwardEval", y, x)
	p.norm.given(gamma, beta, mean, variance)
	p.forward(y, x)
}

func (p *NormReLUPool[T]) forward(y, x []T) {
	p.x, p.y = x, y
	if p.pool == nil {
		p.apply.run()
		return
	}
	p.norm.x, p.norm.y = x, p.hidden
	p.norm.apply.run()
	p.pool.Forward(y, p.hidden)
	ReLU(y, y)
}

// Backward sets the gradients of the last Forward, which had the same x, gamma and beta and gave y; see BatchNorm.Backward. Any of
// dx, dgamma and dbeta may be nil.
func (p *NormReLUPool[T]) Backward(dx, dgamma, dbeta, dy, x, y, gamma, beta []T) {
	p.check("NormReLUPool.Backward", y, x)
	if p.pool != nil {
		p.norm.Backward(dx, dgamma, dbeta, p.before(dy, y), x, gamma)
		return
	}
	p.dx, p.dy, p.x, p.y = dx, dy, x, y
	p.norm.recall(gamma, beta)
	p.reduce.run()
	p.norm.gradients(dgamma, dbeta, gamma)
	if dx != nil {
		p.unwind.run()
	}
}

// BackwardEval sets the gradients of the last ForwardEval, which had the same arguments and gave y; see BatchNorm.BackwardEval.
// Any of dx, dgamma and dbeta may be nil.
func (p *NormReLUPool[T]) BackwardEval(dx, dgamma, dbeta, dy, x, y, gamma, beta, mean, variance []T) {
	p.check("NormReLUPool.BackwardEval", y, x)
	if p.pool != nil {
		p.norm.BackwardEval(dx, dgamma, dbeta, p.before(dy, y), x, gamma, mean, variance)
		return
	}
	p.dx, p.dy, p.x, p.y = dx, dy, x, y
	p.norm.given(gamma, beta, mean, variance)
	p.reduce.run()
	p.norm.gradientsEval(dgamma, dbeta, variance)
	if dx != nil {
		p.unwind.run()
	}
}

// before returns the gradient before pooling and ReLU, when they are not fused.
func (p *NormReLUPool[T]) before(dy, y []T) []T {
	ReLUBackward(p.g, dy, y)
	p.pool.Backward(p.hidden, p.g)
	return p.hidden
}

func (p *NormReLUPool[T]) check(op string, y, x []T) {
	oh, ow := p.s.Out()
	checkLen(op, "the input", len(x), p.s.N*p.s.C*p.s.H*p.s.W)
	checkLen(op, "the output", len(y), p.s.N*p.s.C*oh*ow)
}
