// Package resample enlarges and shrinks images, [N, C, H, W], by nearest neighbours and by bilinear and bicubic
// interpolation, as PyTorch's interpolate does. A Row is bilinear interpolation at the places of any affine map.
package resample

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Mode says how a place of the result gets its value.
type Mode int

const (
	Nearest      Mode = iota // that of place ⌊i·scale⌋: PyTorch's nearest
	NearestExact             // that of place ⌊(i + 1/2)·scale⌋, the nearest one: PyTorch's nearest-exact
	Bilinear                 // interpolated between the two nearest places of each axis
	Bicubic                  // interpolated between the four nearest places of each axis by Keys' kernel
)

// Axis is a height or width, and what it is resampled to.
type Axis struct {
	In, Out int
	Scale   float64 // places of the input per place of the output; 0 stands for In/Out
	Corners bool    // for Bilinear and Bicubic: the first and the last places are the same: the scale is (In−1)/(Out−1)
}

// Shape is the geometry of a resampling.
type Shape struct {
	N, C int
	H, W Axis
	Mode Mode
}

// tap is where a place of the result lies: share of the way from place low to place high.
type tap struct {
	low, high int
	share     float64
}

// taps returns those of an axis.
func (m Mode) taps(a Axis) []tap {
	all := make([]tap, a.Out)
	for i := range all {
		if m == Bilinear {
			all[i] = a.between(i)
			continue
		}
		at := a.nearest(m, i)
		all[i] = tap{at, at, 0}
	}
	return all
}

// Places returns the place of the input that each place of an axis of the result gets its value from, or is nearest
// before it.
func (m Mode) Places(a Axis) []int {
	var places []int
	for _, t := range m.taps(a) {
		places = append(places, t.low)
	}
	return places
}

// nearest returns the place of the input for place i. It computes in float32, as PyTorch does for any type, whose
// nearest does not use a given scale for the same and for twice the size.
func (a Axis) nearest(m Mode, i int) int {
	switch {
	case m == Nearest && a.Out == a.In:
		return i
	case m == Nearest && a.Out == 2*a.In:
		return i / 2
	}
	scale := float32(a.Scale)
	if a.Scale == 0 {
		scale = float32(a.In) / float32(a.Out)
	}
	at := float32(i)
	if m == NearestExact {
		at += 0.5
	}
	return min(int(math.Floor(float64(at*scale))), a.In-1)
}

// at returns where place i of the result lies in the input.
func (a Axis) at(i int) float64 {
	switch {
	case a.Corners && a.Out > 1:
		return float64(i) * (float64(a.In-1) / float64(a.Out-1))
	case a.Corners:
		return 0
	case a.Scale == 0:
		return (float64(i)+0.5)*(float64(a.In)/float64(a.Out)) - 0.5
	}
	return (float64(i)+0.5)*a.Scale - 0.5
}

func (a Axis) between(i int) tap {
	at := max(0, a.at(i))
	low := min(int(at), a.In-1)
	return tap{low, min(low+1, a.In-1), min(max(at-float64(low), 0), 1)}
}

// Plan is the plan of a resampling.
type Plan[T kernels.Float] struct {
	shape             Shape
	down              []tap
	low, high         []int32 // of a row of the result
	near, far         []T     // the weights of the two
	twice             bool    // a row is each place of the input's twice
	along, across     []cubic // of the height and of the width, for Bicubic
	rows              [][]T   // by slot: rows of the input as wide as the result
	x, y, dx, dy      []T     // the arguments of the call at work
	parts             int
	forward, backward *parallel.Work
}

// New returns a plan for resampling by s, whose sizes are at least 1.
func New[T kernels.Float](s Shape) *Plan[T] {
	p := &Plan[T]{shape: s, down: s.Mode.taps(s.H)}
	nearest := s.Mode == Nearest || s.Mode == NearestExact
	if s.Mode == Bicubic {
		p.along, p.across = s.H.cubics(), s.W.cubics()
	}
	p.twice = nearest && s.W.Out == 2*s.W.In
	for i, t := range s.Mode.taps(s.W) {
		p.low, p.high = append(p.low, int32(t.low)), append(p.high, int32(t.high))
		p.near, p.far = append(p.near, T(1-t.share)), append(p.far, T(t.share))
		p.twice = p.twice && t.low == i/2
	}
	size := max(s.H.In*s.W.In, s.H.Out*s.W.Out)
	p.parts = min(s.N*s.C, kernels.CeilDiv(s.N*s.C*size, parallel.PartSize))
	if !nearest {
		p.rows = kernels.Scratch[T](min(p.parts, parallel.MaxSlots), s.H.In*s.W.Out)
	}
	p.forward = parallel.New(func(part, slot int) { p.part(part, slot, p.plane) })
	p.backward = parallel.New(func(part, slot int) { p.part(part, slot, p.gradient) })
	return p
}

// part computes a part of the planes.
func (p *Plan[T]) part(i, slot int, compute func(plane int, rows []T)) {
	var rows []T
	if p.rows != nil {
		rows = p.rows[slot]
	}
	from, to := parallel.Range(i, p.parts, p.shape.N*p.shape.C)
	for plane := from; plane < to; plane++ {
		compute(plane, rows)
	}
}

// Forward sets y to x resampled.
func (p *Plan[T]) Forward(y, x []T) {
	p.check("Resample.Forward", y, x)
	p.y, p.x = y, x
	p.forward.Run(p.parts)
	p.y, p.x = nil, nil
}

// Backward sets dx to the gradient given dy.
func (p *Plan[T]) Backward(dx, dy []T) {
	p.check("Resample.Backward", dy, dx)
	p.dy, p.dx = dy, dx
	p.backward.Run(p.parts)
	p.dy, p.dx = nil, nil
}

func (p *Plan[T]) check(op string, y, x []T) {
	s := p.shape
	kernels.CheckLen(op, "the output", len(y), s.N*s.C*s.H.Out*s.W.Out)
	kernels.CheckLen(op, "the input", len(x), s.N*s.C*s.H.In*s.W.In)
}

// plane resamples a plane: its rows first, into rows, and then the columns of these.
func (p *Plan[T]) plane(plane int, rows []T) {
	s := p.shape
	in, out, width := s.H.In*s.W.In, s.H.Out*s.W.Out, s.W.Out
	x, y := p.x[plane*in:][:in], p.y[plane*out:][:out]
	switch s.Mode {
	case Nearest, NearestExact:
		p.nearest(y, x)
		return
	case Bicubic:
		p.bicubic(y, x, rows)
		return
	}
	for r := range s.H.In {
		to, from := rows[r*width:][:width], x[r*s.W.In:][:s.W.In]
		for i := range to {
			to[i] = p.near[i]*from[p.low[i]] + p.far[i]*from[p.high[i]]
		}
	}
	for r, t := range p.down {
		low, high := rows[t.low*width:][:width], rows[t.high*width:][:width]
		to, near, far := y[r*width:][:width], T(1-t.share), T(t.share)
		for i := range to {
			to[i] = near*low[i] + far*high[i]
		}
	}
}

// nearest copies the rows of a plane.
func (p *Plan[T]) nearest(y, x []T) {
	in, width := p.shape.W.In, p.shape.W.Out
	for r, t := range p.down {
		to, from := y[r*width:][:width], x[t.low*in:][:in]
		switch {
		case r > 0 && p.down[r-1].low == t.low:
			copy(to, y[(r-1)*width:])
		case p.twice:
			for i, v := range from {
				pair := to[2*i:][:2]
				pair[0], pair[1] = v, v
			}
		default:
			for i, at := range p.low {
				to[i] = from[at]
			}
		}
	}
}

// gradient is the transposition of plane.
func (p *Plan[T]) gradient(plane int, rows []T) {
	s := p.shape
	in, out, width := s.H.In*s.W.In, s.H.Out*s.W.Out, s.W.Out
	dx, dy := p.dx[plane*in:][:in], p.dy[plane*out:][:out]
	clear(dx)
	if s.Mode == Nearest || s.Mode == NearestExact {
		p.nearestGradient(dx, dy)
		return
	}
	clear(rows)
	if s.Mode == Bicubic {
		p.bicubicGradient(dx, dy, rows)
		return
	}
	for r, t := range p.down {
		low, high := rows[t.low*width:][:width], rows[t.high*width:][:width]
		near, far := T(1-t.share), T(t.share)
		for i, g := range dy[r*width:][:width] {
			low[i] += near * g
			high[i] += far * g
		}
	}
	for r := range s.H.In {
		to := dx[r*s.W.In:][:s.W.In]
		for i, g := range rows[r*width:][:width] {
			to[p.low[i]] += p.near[i] * g
			to[p.high[i]] += p.far[i] * g
		}
	}
}

func (p *Plan[T]) nearestGradient(dx, dy []T) {
	in, width := p.shape.W.In, p.shape.W.Out
	for r, t := range p.down {
		to, from := dx[t.low*in:][:in], dy[r*width:][:width]
		if p.twice {
			for i := range to {
				pair := from[2*i:][:2]
				to[i] += pair[0] + pair[1]
			}
			continue
		}
		for i, g := range from {
			to[p.low[i]] += g
		}
	}
}
