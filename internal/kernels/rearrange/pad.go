package rearrange

import (
	"fmt"
	"slices"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Mode says what padding consists of.
type Mode int

const (
	Constant  Mode = iota // a number
	Reflect               // x mirrored at its first and last place, which are not repeated
	Replicate             // the first or last place again and again
	Circular              // x again, from its other end, without what negative padding takes away
)

// sources returns the place, of n, that each place of an axis with padding takes its number from. It is −1 if there is
// none.
func (m Mode) sources(n, before, after int) []int32 {
	all := make([]int32, n+before+after)
	gone, left := 0, n
	if m == Circular {
		gone = max(-before, 0)
		left -= gone + max(-after, 0)
	}
	for i := range all {
		all[i] = int32(m.source(i-before-gone, left))
		if all[i] >= 0 {
			all[i] += int32(gone)
		}
	}
	return all
}

// source returns the place, of n, that place i of an axis is or takes its number from, −1 if there is none.
func (m Mode) source(i, n int) int {
	if i >= 0 && i < n {
		return i
	}
	switch m {
	case Reflect:
		if i < 0 {
			return -i
		}
		return 2*(n-1) - i
	case Replicate:
		return min(max(i, 0), n-1)
	case Circular:
		return (i%n + n) % n
	}
	return -1
}

// Pad is the plan of a padding: of each axis of x, so many places before it and after it. Negative numbers leave places
// of x out.
type Pad[T kernels.Float] struct {
	mode              Mode
	value             T
	in, out           int // elements of a plane: of all axes from the first padded one on
	planes            int
	starts            []int32 // where each row of a plane of y starts in that of x; −1 for a row of value
	columns           []int32 // the places of a row of x that those of a row of y come from, or −1
	first, last       int     // places of y's row between which they are adjacent
	x, y, dx, dy      []T     // the arguments of the call at work
	forward, backward parallel.Loop
}

// NewPad returns a plan for padding x of this shape. Reflect allows less padding than the axis has places, Circular at
// most as much. Padding by anything but Constant needs places on the axis.
func NewPad[T kernels.Float](shape, before, after []int, mode Mode, value float64) *Pad[T] {
	p := &Pad[T]{mode: mode, value: T(value), in: 1, out: 1, planes: 1}
	first := 0 // axis that is padded, or the last one
	for first < len(shape)-1 && before[first] == 0 && after[first] == 0 {
		p.planes *= shape[first]
		first++
	}
	p.starts = []int32{0}
	for axis := first; axis < len(shape); axis++ {
		n := shape[axis]
		size := n + before[axis] + after[axis]
		if size < 1 {
			panic(fmt.Sprintf("kernels: NewPad: axis %d of %v with %v and %v", axis, shape, before, after))
		}
		sources := mode.sources(n, before[axis], after[axis])
		p.in, p.out = p.in*n, p.out*size
		if axis < len(shape)-1 {
			p.starts = crossed(p.starts, sources, n)
			continue
		}
		p.columns = sources
		for i, start := range p.starts {
			if start >= 0 {
				p.starts[i] *= int32(n)
			}
		}
		p.first, p.last = max(0, before[axis]), min(size, n+before[axis])
		p.last = max(p.first, p.last)
	}
	p.forward = parallel.NewLoop(p.planes, p.out, p.pad)
	p.backward = parallel.NewLoop(p.planes, p.out, p.gradient)
	return p
}

// crossed returns the rows of each of starts, by the rows' sources among n.
func crossed(starts, sources []int32, n int) []int32 {
	all := make([]int32, 0, len(starts)*len(sources))
	for _, start := range starts {
		for _, source := range sources {
			at := start*int32(n) + source
			if start < 0 || source < 0 {
				at = -1
			}
			all = append(all, at)
		}
	}
	return all
}

// Forward sets y to x padded.
func (p *Pad[T]) Forward(y, x []T) {
	p.check("Pad.Forward", y, x)
	p.y, p.x = y, x
	p.forward.Run()
	p.y, p.x = nil, nil
}

// Backward sets dx to the sums of dy over the places that each place of x went to.
func (p *Pad[T]) Backward(dx, dy []T) {
	p.check("Pad.Backward", dy, dx)
	p.dy, p.dx = dy, dx
	p.backward.Run()
	p.dy, p.dx = nil, nil
}

func (p *Pad[T]) check(op string, y, x []T) {
	kernels.CheckLen(op, "the output", len(y), p.planes*p.out)
	kernels.CheckLen(op, "the input", len(x), p.planes*p.in)
}

// pad pads a range of planes.
func (p *Pad[T]) pad(from, to int) {
	width := len(p.columns)
	for plane := from; plane < to; plane++ {
		x := p.x[plane*p.in:][:p.in]
		for r, start := range p.starts {
			y := p.y[plane*p.out+r*width:][:width]
			if start < 0 {
				p.fill(y)
				continue
			}
			row := x[start:]
			p.edge(y, row, 0, p.first)
			if p.first < p.last {
				copy(y[p.first:p.last], row[p.columns[p.first]:])
			}
			p.edge(y, row, p.last, width)
		}
	}
}

func (p *Pad[T]) fill(y []T) {
	for i := range y {
		y[i] = p.value
	}
}

// edge sets the places of a row y from from up to to, which are not next to each other in the row of x.
func (p *Pad[T]) edge(y, row []T, from, to int) {
	for i := from; i < to; i++ {
		y[i] = p.value
		if at := p.columns[i]; at >= 0 {
			y[i] = row[at]
		}
	}
}

// gradient sets dx of a range of planes.
func (p *Pad[T]) gradient(from, to int) {
	width := len(p.columns)
	for plane := from; plane < to; plane++ {
		dx := p.dx[plane*p.in:][:p.in]
		clear(dx)
		for r, start := range p.starts {
			if start < 0 {
				continue
			}
			row, dy := dx[start:], p.dy[plane*p.out+r*width:][:width]
			p.edgeGradient(row, dy, 0, p.first)
			if p.first < p.last {
				p.middleGradient(row[p.columns[p.first]:][:p.last-p.first], dy[p.first:p.last])
			}
			p.edgeGradient(row, dy, p.last, width)
		}
	}
}

// middleGradient adds dy to dx. A place of x goes to one place of y only, if the padding is Constant.
func (p *Pad[T]) middleGradient(dx, dy []T) {
	if p.mode == Constant {
		copy(dx, dy)
		return
	}
	for i, g := range dy {
		dx[i] += g
	}
}

func (p *Pad[T]) edgeGradient(row, dy []T, from, to int) {
	for i := from; i < to; i++ {
		if at := p.columns[i]; at >= 0 {
			row[at] += dy[i]
		}
	}
}

// Padded returns the shape of the result.
func Padded(shape, before, after []int) []int {
	to := slices.Clone(shape)
	for i := range to {
		to[i] += before[i] + after[i]
	}
	return to
}
