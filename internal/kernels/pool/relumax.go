package pool

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// ReLUMax is max-pooling and ReLU in one plan; which of the two comes first makes no difference. Windows of Is2x2 are
// fused into one pass each way. Every other geometry runs Max and ReLU.
type ReLUMax[T kernels.Float] struct {
	s    Shape
	pool *Max[T] // nil when fused
	g    []T     // dy where y > 0, when not fused

	x, y, dx, dy      []T // the arguments of the call at work
	forward, backward parallel.Loop
}

// NewReLUMax returns a plan for max-pooling by s with a ReLU.
func NewReLUMax[T kernels.Float](s Shape) *ReLUMax[T] {
	p := &ReLUMax[T]{s: s}
	if !Is2x2(s) {
		p.pool = NewMax[T](s)
		p.g = kernels.Make[T](len(p.pool.arg))
		return p
	}
	in := s.H * s.W
	p.forward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		Forward2x2(p.y[from*in/4:to*in/4], nil, p.x[from*in:to*in], nil, 0, s.H, s.W)
	})
	p.backward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		dy, y := p.dy[from*in/4:to*in/4], p.y[from*in/4:to*in/4]
		Backward2x2(p.dx[from*in:to*in], dy, p.x[from*in:to*in], y, nil, 0, s.H, s.W)
	})
	return p
}

// Forward sets y, [N, C, OH, OW], to max(0, the windows' maxima of x), x being [N, C, H, W].
func (p *ReLUMax[T]) Forward(y, x []T) {
	if p.pool != nil {
		p.pool.Forward(y, x)
		elementwise.ReLU(y, y)
		return
	}
	p.check("ReLUPool.Forward", y, x)
	p.y, p.x = y, x
	p.forward.Run()
}

// Backward sets dx to the gradient of the last Forward, which had the same x and y.
func (p *ReLUMax[T]) Backward(dx, dy, x, y []T) {
	if p.pool != nil {
		elementwise.ReLUBackward(p.g, dy, y)
		p.pool.Backward(dx, p.g)
		return
	}
	p.check("ReLUPool.Backward", y, x)
	p.check("ReLUPool.Backward", dy, dx)
	p.y, p.x, p.dy, p.dx = y, x, dy, dx
	p.backward.Run()
}

func (p *ReLUMax[T]) check(op string, y, x []T) {
	kernels.CheckLen(op, "the input", len(x), p.s.N*p.s.C*p.s.H*p.s.W)
	kernels.CheckLen(op, "the output", len(y), len(x)/4)
}
