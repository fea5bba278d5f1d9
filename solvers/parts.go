package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// part is a piece of one tensor. How tensors are cut depends on their sizes alone, never on the number of processors.
type part[T kernels.Float] struct {
	slot     *slot[T]
	number   int // in its tensor, from 0
	from, to int
	gradient []T     // scratch, if the gradient has to be changed before it is used
	squares  float64 // Σg² of the part
}

const (
	partSize = 1 << 15
	stretch  = 1 << 10 // elements: so much of the tensors stays in the fastest cache from pass to pass
)

// cut lays out the parts and the passes over them.
func (e *engine[T]) cut() {
	for _, sl := range e.slots {
		changed := e.tuning.ClipValue > 0 || e.tuning.ClipNorm > 0 ||
			!e.traits.decoupled && (sl.weightDecay != 0 || sl.l1 != 0)
		number := 0
		for from, n := 0, sl.param.Value().DataSize(); from < n && !sl.frozen; from += partSize {
			p := part[T]{slot: sl, number: number, from: from, to: min(from+partSize, n)}
			if changed {
				p.gradient = make([]T, min(stretch, n))
			}
			e.parts = append(e.parts, p)
			number++
		}
		if sl.twoPass != nil {
			sl.twoPass.parts(number)
		}
	}
	pass := func(f func(*part[T])) *parallel.Work {
		return parallel.New(func(i, _ int) {
			if p := &e.parts[i]; p.slot.bound {
				f(p)
			}
		})
	}
	e.square = pass(func(p *part[T]) { p.squares = elementwise.SumSquares(p.slot.g[p.from:p.to], T(e.clip)) })
	e.first = pass(func(p *part[T]) { p.advance(e.traits.decoupled, T(e.scale), T(e.clip)) })
	if _, two := ruleOf[T](e.algorithm).(twoPass[T]); two {
		e.second = pass(func(p *part[T]) { p.slot.twoPass.move(p.slot.w[p.from:p.to], p.slot.state.cut(p.from, p.to)) })
	}
}

// advance takes the part through the first pass, a stretch at a time.
func (p *part[T]) advance(decoupled bool, scale, clip T) {
	sl, h := p.slot, &p.slot.hyper
	for from := p.from; from < p.to; from += stretch {
		to := min(from+stretch, p.to)
		w, g, s := sl.w[from:to], sl.g[from:to], sl.state.cut(from, to)
		if p.gradient != nil {
			var l2, l1 T
			if !decoupled {
				l2, l1 = T(h.weightDecay), T(h.l1)
			}
			g = p.gradient[:len(w)]
			elementwise.Gradient(g, sl.g[from:to], w, scale, clip, l2, l1)
		}
		if decoupled && (h.weightDecay != 0 || h.l1 != 0) {
			elementwise.Decay(w, T(1-h.rate*h.weightDecay), T(h.rate*h.l1))
		}
		sl.rule.apply(w, g, s)
		if sl.twoPass != nil {
			sl.twoPass.measure(p.number, w, s)
		}
	}
}

// cut returns elements from to to−1 of every buffer.
func (s *state[T]) cut(from, to int) state[T] {
	cut := *s
	for i, b := range s {
		if b != nil {
			cut[i] = b[from:to]
		}
	}
	return cut
}
