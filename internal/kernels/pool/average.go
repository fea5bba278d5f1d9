package pool

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Average takes the mean of each window. Padding counts as zeros: the divisor is always KH·KW, as in PyTorch by
// default.
type Average[T kernels.Float] struct {
	s             Shape
	rows, columns []span

	x, y, dx, dy      []T // the arguments of the call at work
	forward, backward parallel.Loop
}

// NewAverage returns a plan for average-pooling by s.
func NewAverage[T kernels.Float](s Shape) *Average[T] {
	oh, ow := s.Out()
	in, out := s.H*s.W, oh*ow
	p := &Average[T]{s: s}
	p.rows, p.columns = s.spans()
	p.forward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		for i := from; i < to; i++ {
			p.plane(p.y[i*out:][:out], p.x[i*in:][:in])
		}
	})
	p.backward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		for i := from; i < to; i++ {
			p.planeBackward(p.dx[i*in:][:in], p.dy[i*out:][:out])
		}
	})
	return p
}

// Forward sets y, [N, C, OH, OW], to the windows' means of x, [N, C, H, W].
func (p *Average[T]) Forward(y, x []T) {
	p.check("AvgPool.Forward", y, x)
	p.y, p.x = y, x
	p.forward.Run()
}

// Backward sets dx to the sum, over the windows a place is in, of dy/(KH·KW).
func (p *Average[T]) Backward(dx, dy []T) {
	p.check("AvgPool.Backward", dy, dx)
	p.dy, p.dx = dy, dx
	p.backward.Run()
}

func (p *Average[T]) check(op string, y, x []T) {
	oh, ow := p.s.Out()
	kernels.CheckLen(op, "the output", len(y), p.s.N*p.s.C*oh*ow)
	kernels.CheckLen(op, "the input", len(x), p.s.N*p.s.C*p.s.H*p.s.W)
}

// plane pools one plane.
func (p *Average[T]) plane(y, x []T) {
	size := float64(p.s.KH * p.s.KW)
	i := 0
	for _, r := range p.rows {
		for _, c := range p.columns {
			var sum float64
			for o := r.from * p.s.W; o < r.to*p.s.W; o += p.s.W {
				for _, v := range x[o+c.from : o+c.to] {
					sum += float64(v)
				}
			}
			y[i] = T(sum / size)
			i++
		}
	}
}

func (p *Average[T]) planeBackward(dx, dy []T) {
	size := T(p.s.KH * p.s.KW)
	clear(dx)
	i := 0
	for _, r := range p.rows {
		for _, c := range p.columns {
			g := dy[i] / size
			i++
			for o := r.from * p.s.W; o < r.to*p.s.W; o += p.s.W {
				under := dx[o+c.from : o+c.to]
				for j := range under {
					under[j] += g
				}
			}
		}
	}
}
