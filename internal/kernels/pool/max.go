package pool

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Max takes the maximum of each window. The first of equal values wins, padding is −Inf, and a NaN in a window is its
// maximum, as in PyTorch.
type Max[T kernels.Float] struct {
	s             Shape
	rows, columns []span
	arg           []int32 // per output, the place of the last Forward's maximum in its input plane; −1 if all is padding

	x, y, dx, dy      []T // the arguments of the call at work
	forward, backward parallel.Loop
}

// NewMax returns a plan for max-pooling by s.
func NewMax[T kernels.Float](s Shape) *Max[T] {
	oh, ow := s.Out()
	in, out := s.H*s.W, oh*ow
	p := &Max[T]{s: s, arg: kernels.Make[int32](s.N * s.C * out)}
	p.rows, p.columns = s.spans()
	p.forward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		for i := from; i < to; i++ {
			p.plane(p.y[i*out:][:out], p.arg[i*out:][:out], p.x[i*in:][:in])
		}
	})
	p.backward = parallel.NewLoop(s.N*s.C, in, func(from, to int) {
		for i := from; i < to; i++ {
			dx, dy := p.dx[i*in:][:in], p.dy[i*out:][:out]
			clear(dx)
			for j, at := range p.arg[i*out:][:out] {
				if at >= 0 {
					dx[at] += dy[j]
				}
			}
		}
	})
	return p
}

// Forward sets y, [N, C, OH, OW], to the windows' maxima of x, [N, C, H, W].
func (p *Max[T]) Forward(y, x []T) {
	p.check("MaxPool.Forward", y, x)
	p.y, p.x = y, x
	p.forward.Run()
}

// Backward adds each dy to the place in dx that its maximum in the last Forward came from; dx is 0 elsewhere.
func (p *Max[T]) Backward(dx, dy []T) {
	p.check("MaxPool.Backward", dy, dx)
	p.dy, p.dx = dy, dx
	p.backward.Run()
}

func (p *Max[T]) check(op string, y, x []T) {
	kernels.CheckLen(op, "the output", len(y), len(p.arg))
	kernels.CheckLen(op, "the input", len(x), p.s.N*p.s.C*p.s.H*p.s.W)
}

// plane pools one plane.
func (p *Max[T]) plane(y []T, arg []int32, x []T) {
	i := 0
	for _, r := range p.rows {
		for _, c := range p.columns {
			best, at := T(math.Inf(-1)), -1
			for o := r.from * p.s.W; o < r.to*p.s.W; o += r.step * p.s.W {
				if c.step == 1 {
					for j, v := range x[o+c.from : o+c.to] {
						if v > best || v != v || at < 0 {
							best, at = v, o+c.from+j
						}
					}
					continue
				}
				for j := o + c.from; j < o+c.to; j += c.step {
					if v := x[j]; v > best || v != v || at < 0 {
						best, at = v, j
					}
				}
			}
			y[i], arg[i] = best, int32(at)
			i++
		}
	}
}
