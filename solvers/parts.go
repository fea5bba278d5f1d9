package solvers

import (
	"slices"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// part is a piece of one tensor. How tensors are cut depends on their sizes alone, never on the number of processors.
type part[T kernels.Float] struct {
	slot     *slot[T]
	number   int // in its tensor, from 0
	from, to int
	stretch  int     // the elements of one call of the rule
	gradient []T     // scratch, if the gradient has to be changed before it is used
	squares  float64 // Σg² of the part
	bounded  []T     // scratch, once a gradient was too large for the rule
	watched  bool    // its weights and state may have grown too large
}

const (
	partSize = 1 << 15
	stretch  = 1 << 10 // elements: so much of the tensors stays in the fastest cache from pass to pass
)

// changes reports whether gradients of sl are changed before its rule has them.
func (e *engine[T]) changes(sl *slot[T]) bool {
	return e.tuning.ClipValue > 0 || e.tuning.ClipNorm > 0 || sl.maximize ||
		!sl.decoupled && (sl.weightDecay != 0 || sl.l1 != 0)
}

// cuts returns the elements of a part of sl, and those of one call of its rule.
func (sl *slot[T]) cuts() (each, stretched int) {
	if _, ok := sl.rule.(Whole); ok {
		n := sl.param.Value().DataSize()
		return n, n
	}
	return partSize, stretch
}

// cost returns about what p costs; see parallel.Work.Costs. A rule of a whole tensor may multiply matrices.
func (p *part[T]) cost() int {
	const element = 4
	if _, ok := p.slot.rule.(Whole); ok {
		return parallel.PartSize
	}
	return element * (p.to - p.from)
}

// cut lays out the parts and the passes over them.
func (e *engine[T]) cut() {
	for _, sl := range e.slots {
		changed := e.changes(sl)
		number, n := 0, sl.param.Value().DataSize()
		each, stretch := sl.cuts()
		for from := 0; from < n && !sl.frozen; from += each {
			p := part[T]{slot: sl, number: number, from: from, to: min(from+each, n), stretch: stretch}
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
	cost := 0
	for i := range e.parts {
		cost += e.parts[i].cost()
	}
	pass := func(f func(*part[T])) *parallel.Work {
		return parallel.New(func(i, _ int) {
			if p := &e.parts[i]; p.slot.bound {
				f(p)
			}
		}).Costs(cost)
	}
	e.square = pass(func(p *part[T]) { p.squares = elementwise.SumSquares(p.slot.g[p.from:p.to], T(e.clip)) })
	e.first = pass(func(p *part[T]) { p.advance(T(e.scale), T(e.clip)) })
	if slices.ContainsFunc(e.slots, func(sl *slot[T]) bool { return sl.twoPass != nil }) {
		e.second = pass(func(p *part[T]) {
			if p.slot.twoPass != nil {
				p.slot.twoPass.move(p.slot.w[p.from:p.to], p.slot.state.cut(p.from, p.to))
			}
		})
	}
}

// advance takes the part through the first pass, a stretch at a time.
func (p *part[T]) advance(scale, clip T) {
	sl, h := p.slot, &p.slot.hyper
	if sl.maximize {
		scale = -scale
	}
	for from := p.from; from < p.to; from += p.stretch {
		to := min(from+p.stretch, p.to)
		w, g, s := sl.w[from:to], sl.g[from:to], sl.state
		if to-from < len(sl.w) {
			s = sl.state.cut(from, to)
		}
		if p.gradient != nil {
			var l2, l1 T
			if !sl.decoupled {
				l2, l1 = narrow[T](h.WeightDecay), narrow[T](h.L1)
			}
			g = p.gradient[:len(w)]
			elementwise.Gradient(g, sl.g[from:to], w, scale, clip, l2, l1)
		}
		if sl.decoupled && (h.WeightDecay != 0 || h.L1 != 0) {
			elementwise.Decay(w, narrow[T](1-h.Rate*h.WeightDecay), narrow[T](h.Rate*h.L1))
		}
		if sl.limited != nil {
			g = p.moderate(g, sl.limited.bound())
		}
		sl.rule.Apply(w, g, s)
		if p.watched {
			p.stop(w, g, s)
		}
		if sl.twoPass != nil {
			sl.twoPass.measure(p.number, w, s)
		}
	}
}

// cut returns elements from to to−1 of every buffer.
func (s *State[T]) cut(from, to int) State[T] {
	cut := *s
	for i, b := range s {
		if b != nil {
			cut[i] = b[from:to]
		}
	}
	return cut
}
