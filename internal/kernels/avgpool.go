package kernels

// AvgPool takes the mean of each window. Padding counts as zeros: the divisor is always KH·KW, as in PyTorch by default.
type AvgPool[T Float] struct {
	s PoolShape

	x, y, dx, dy      []T // the arguments of the call at work
	forward, backward planes
}

// NewAvgPool returns a plan for average-pooling by s.
func NewAvgPool[T Float](s PoolShape) *AvgPool[T] {
	oh, ow := s.Out()
	in, out := s.H*s.W, oh*ow
	p := &AvgPool[T]{s: s}
	p.forward = newPlanes(s.N*s.C, in, func(from, to int) {
		for i := from; i < to; i++ {
			p.plane(p.y[i*out:][:out], p.x[i*in:][:in], ow)
		}
	})
	p.backward = newPlanes(s.N*s.C, in, func(from, to int) {
		for i := from; i < to; i++ {
			p.planeBackward(p.dx[i*in:][:in], p.dy[i*out:][:out], ow)
		}
	})
	return p
}

// Forward sets y, [N, C, OH, OW], to the windows' means of x, [N, C, H, W].
func (p *AvgPool[T]) Forward(y, x []T) {
	p.check("AvgPool.Forward", y, x)
	p.y, p.x = y, x
	p.forward.run()
}

// Backward sets dx to the sum, over the windows a place is in, of dy/(KH·KW).
func (p *AvgPool[T]) Backward(dx, dy []T) {
	p.check("AvgPool.Backward", dy, dx)
	p.dy, p.dx = dy, dx
	p.backward.run()
}

func (p *AvgPool[T]) check(op string, y, x []T) {
	oh, ow := p.s.Out()
	checkLen(op, "the output", len(y), p.s.N*p.s.C*oh*ow)
	checkLen(op, "the input", len(x), p.s.N*p.s.C*p.s.H*p.s.W)
}

func (p *AvgPool[T]) plane(y, x []T, ow int) {
	size := float64(p.s.KH * p.s.KW)
	for i := range y {
		y0, y1, x0, x1 := p.s.window(i/ow, i%ow)
		var sum float64
		for iy := y0; iy < y1; iy++ {
			for _, v := range x[iy*p.s.W+x0 : iy*p.s.W+x1] {
				sum += float64(v)
			}
		}
		y[i] = T(sum / size)
	}
}

func (p *AvgPool[T]) planeBackward(dx, dy []T, ow int) {
	size := T(p.s.KH * p.s.KW)
	clear(dx)
	for i, g := range dy {
		g /= size
		y0, y1, x0, x1 := p.s.window(i/ow, i%ow)
		for iy := y0; iy < y1; iy++ {
			row := dx[iy*p.s.W+x0 : iy*p.s.W+x1]
			for j := range row {
				row[j] += g
			}
		}
	}
}
