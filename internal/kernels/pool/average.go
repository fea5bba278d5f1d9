package pool

import (
	"slices"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Divisor says what the sum of a window is divided by. The zero Divisor is the number of the window's places in x and
// in the padding, KH·KW unless the window reaches beyond the padding: PyTorch's default.
type Divisor struct {
	ExcludePad bool // the number of its places in x
	Override   int  // this number, unless 0
}

// Average takes the mean of each window. Padding counts as zeros.
type Average[T kernels.Float] struct {
	s             Shape
	rows, columns []span
	down, across  []int // the divisor of a window is the product of its row's and its column's

	x, y, dx, dy      []T // the arguments of the call at work
	forward, backward parallel.Loop
}

// NewAverage returns a plan for average-pooling by s.
func NewAverage[T kernels.Float](s Shape) *Average[T] { return NewAverageBy[T](s, Divisor{}) }

// NewAverageBy returns a plan for average-pooling by s with this divisor.
func NewAverageBy[T kernels.Float](s Shape, d Divisor) *Average[T] {
	oh, ow := s.Out()
	in, out := s.H*s.W, oh*ow
	p := &Average[T]{s: s}
	p.rows, p.columns = s.spans()
	p.down, p.across = d.Of(s)
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

// Of returns the factors of the divisors of s, by rows and by columns of windows. They are 0 for a window of nothing
// but padding that does not count.
func (d Divisor) Of(s Shape) (down, across []int) {
	rows, columns := s.spans()
	switch {
	case d.Override != 0:
		return slices.Repeat([]int{d.Override}, len(rows)), slices.Repeat([]int{1}, len(columns))
	case d.ExcludePad || s.adaptive():
		return sizes(rows), sizes(columns)
	}
	r, c := s.axes()
	return r.covered(len(rows)), c.covered(len(columns))
}

// sizes returns the number of places of each span.
func sizes(spans []span) []int {
	all := make([]int, len(spans))
	for i, s := range spans {
		all[i] = s.n
	}
	return all
}

// Forward sets y, [N, C, OH, OW], to the windows' means of x, [N, C, H, W].
func (p *Average[T]) Forward(y, x []T) {
	p.check("AvgPool.Forward", y, x)
	p.y, p.x = y, x
	p.forward.Run()
}

// Backward sets dx to the sum, over the windows a place is in, of dy divided by the window's divisor.
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

// plane pools one plane. A window of nothing but padding gives 0.
func (p *Average[T]) plane(y, x []T) {
	i := 0
	for oy, r := range p.rows {
		for ox, c := range p.columns {
			var sum float64
			for o := r.from * p.s.W; o < r.to*p.s.W; o += p.s.W {
				for _, v := range x[o+c.from : o+c.to] {
					sum += float64(v)
				}
			}
			y[i] = 0
			if r.n > 0 && c.n > 0 {
				y[i] = T(sum / float64(p.down[oy]*p.across[ox]))
			}
			i++
		}
	}
}

func (p *Average[T]) planeBackward(dx, dy []T) {
	clear(dx)
	i := 0
	for oy, r := range p.rows {
		for ox, c := range p.columns {
			g := dy[i] / T(p.down[oy]*p.across[ox])
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
