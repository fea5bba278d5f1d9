package activation

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// PReLU is the plan of y = x where x > 0, and w·x elsewhere, for x of [n, channels, inner], with one w per channel or,
// where channels is 1, one for all.
//
// He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852.
type PReLU[T kernels.Float] struct {
	n, channels, inner int
	sums               []float64 // ∂loss/∂w of each plane
	forward, backward  parallel.Loop

	y, x, w, dx, dy []T // the arguments of the call at work
}

// NewPReLU returns a plan for x of [n, channels, inner].
func NewPReLU[T kernels.Float](n, channels, inner int) *PReLU[T] {
	p := &PReLU[T]{n: n, channels: channels, inner: inner, sums: make([]float64, n*channels)}
	p.forward = parallel.NewLoop(n*channels, inner, func(from, to int) {
		for i := from; i < to; i++ {
			low := p.w[i%channels]
			y := p.y[i*inner:][:inner]
			for k, v := range p.x[i*inner:][:inner] {
				if !(v > 0) {
					v *= low
				}
				y[k] = v
			}
		}
	})
	p.backward = parallel.NewLoop(n*channels, inner, func(from, to int) {
		for i := from; i < to; i++ {
			p.sums[i] = p.plane(i)
		}
	})
	return p
}

// plane computes dx of a plane, and returns its part of dw.
func (p *PReLU[T]) plane(i int) float64 {
	low, sum := p.w[i%p.channels], 0.0
	x, dy := p.x[i*p.inner:][:p.inner], p.dy[i*p.inner:][:p.inner]
	for k, v := range x {
		g := dy[k]
		if !(v > 0) {
			sum += float64(g) * float64(v)
			g *= low
		}
		if p.dx != nil {
			p.dx[i*p.inner+k] = g
		}
	}
	return sum
}

// Forward sets y.
func (p *PReLU[T]) Forward(y, x, w []T) {
	p.check("PReLU.Forward", y, x, w)
	p.y, p.x, p.w = y, x, w
	p.forward.Run()
	p.y, p.x, p.w = nil, nil, nil
}

// Backward sets dx and dw, each unless nil.
func (p *PReLU[T]) Backward(dx, dw, dy, x, w []T) {
	p.check("PReLU.Backward", dy, x, w)
	kernels.CheckLenOrNil("PReLU.Backward", "dx", dx, len(x))
	kernels.CheckLenOrNil("PReLU.Backward", "dw", dw, len(w))
	p.dx, p.dy, p.x, p.w = dx, dy, x, w
	p.backward.Run()
	p.dx, p.dy, p.x, p.w = nil, nil, nil, nil
	for c := range dw {
		var sum float64
		for i := c; i < len(p.sums); i += p.channels {
			sum += p.sums[i]
		}
		dw[c] = T(sum)
	}
}

func (p *PReLU[T]) check(op string, y, x, w []T) {
	kernels.CheckLen(op, "y", len(y), p.n*p.channels*p.inner)
	kernels.CheckLen(op, "x", len(x), len(y))
	kernels.CheckLen(op, "w", len(w), p.channels)
}
