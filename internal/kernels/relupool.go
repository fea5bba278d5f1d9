package kernels

import "anneal/internal/parallel"

// ReLUPool is max-pooling and ReLU in one plan; which of the two comes first makes no difference. Windows that halves
// describes are fused into one pass each way. Every other geometry runs MaxPool and ReLU.
type ReLUPool[T Float] struct {
	s    PoolShape
	pool *MaxPool[T] // nil when fused
	g    []T         // dy where y > 0, when not fused

	x, y, dx, dy      []T // the arguments of the call at work
	forward, backward parallel.Loop
}

// NewReLUPool returns a plan for max-pooling by s with a ReLU.
func NewReLUPool[T Float](s PoolShape) *ReLUPool[T] {
	p := &ReLUPool[T]{s: s}
	if !halves(s) {
		p.pool = NewMaxPool[T](s)
		p.g = make([]T, len(p.pool.arg))
		return p
	}
	in := s.H * s.W
	p.forward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		halvesForward(p.y[from*in/4:to*in/4], nil, p.x[from*in:to*in], nil, 0, s.H, s.W)
	})
	p.backward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		dy, y := p.dy[from*in/4:to*in/4], p.y[from*in/4:to*in/4]
		halvesBackward(p.dx[from*in:to*in], dy, p.x[from*in:to*in], y, nil, 0, s.H, s.W)
	})
	return p
}

// Forward sets y, [N, C, OH, OW], to max(0, the windows' maxima of x), x being [N, C, H, W].
func (p *ReLUPool[T]) Forward(y, x []T) {
	if p.pool != nil {
		p.pool.Forward(y, x)
		ReLU(y, y)
		return
	}
	p.check("ReLUPool.Forward", y, x)
	p.y, p.x = y, x
	p.forward.Run()
}

// Backward sets dx to the gradient of the last Forward, which had the same x and y.
func (p *ReLUPool[T]) Backward(dx, dy, x, y []T) {
	if p.pool != nil {
		ReLUBackward(p.g, dy, y)
		p.pool.Backward(dx, p.g)
		return
	}
	p.check("ReLUPool.Backward", y, x)
	p.check("ReLUPool.Backward", dy, dx)
	p.y, p.x, p.dy, p.dx = y, x, dy, dx
	p.backward.Run()
}

func (p *ReLUPool[T]) check(op string, y, x []T) {
	checkLen(op, "the input", len(x), p.s.N*p.s.C*p.s.H*p.s.W)
	checkLen(op, "the output", len(y), len(x)/4)
}
