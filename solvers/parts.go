package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// part is a piece of one tensor. How tensors are cut depends on their sizes alone, never on the number of processors.
type part[T kernels.Float] struct {
	slot          *slot[T]
	from, to      int
	gradient      []T     // scratch, if the gradient has to be changed before it is used
	first, second float64 // what a sweep added up over the part
}

const (
	partSize = 1 << 15
	stretch  = 1 << 10 // so much of the tensors stays in the fastest cache between two kernels
)

// layerwise is a rule that moves the tensor only after its update has been measured in whole.
type layerwise[T kernels.Float] interface {
	squares(w []T, s state[T]) (weights, updates float64)
	measure(weights, updates float64)
	move(w []T, s state[T])
}

// cut lays out the parts and the sweeps over them.
func (e *engine[T]) cut() {
	t := e.settings.traits()
	for _, sl := range e.slots {
		changed := e.config.ClipValue > 0 || e.config.ClipNorm > 0 || t.decay == coupled && (sl.weightDecay != 0 || sl.l1 != 0)
		for from, n := 0, sl.param.Value().DataSize(); from < n && !sl.frozen; from += partSize {
			p := part[T]{slot: sl, from: from, to: min(from+partSize, n)}
			if changed {
				p.gradient = make([]T, min(stretch, n))
			}
			e.parts = append(e.parts, p)
		}
	}
	sweep := func(f func(*part[T])) *parallel.Work {
		return parallel.New(func(i, _ int) {
			if p := &e.parts[i]; p.slot.bound {
				f(p)
			}
		})
	}
	e.squares = sweep(func(p *part[T]) { p.first = kernels.SumSquares(p.slot.g[p.from:p.to], T(e.clip)) })
	e.update = sweep(func(p *part[T]) { p.update(t.decay, T(e.scale), T(e.clip)) })
	if t.decay == inside {
		e.move = sweep(func(p *part[T]) {
			p.slot.rule.(layerwise[T]).move(p.slot.w[p.from:p.to], p.slot.state.cut(p.from, p.to))
		})
	}
}

// update moves the part in one pass over its memory.
func (p *part[T]) update(d decay, scale, clip T) {
	sl, h := p.slot, &p.slot.hyper
	two, isLayerwise := sl.rule.(layerwise[T])
	p.first, p.second = 0, 0
	for from := p.from; from < p.to; from += stretch {
		to := min(from+stretch, p.to)
		w, g, s := sl.w[from:to], sl.g[from:to], sl.state.cut(from, to)
		if p.gradient != nil {
			var l2, l1 T
			if d == coupled {
				l2, l1 = T(h.weightDecay), T(h.l1)
			}
			g = p.gradient[:len(w)]
			kernels.SolverGradient(g, sl.g[from:to], w, scale, clip, l2, l1)
		}
		if d == decoupled && (h.weightDecay != 0 || h.l1 != 0) {
			kernels.SolverDecay(w, T(1-h.rate*h.weightDecay), T(h.rate*h.l1))
		}
		sl.rule.update(w, g, s)
		if isLayerwise {
			weights, updates := two.squares(w, s)
			p.first += weights
			p.second += updates
		}
	}
}

// measure tells layerwise rules what the parts of their tensors add up to, in order.
func (e *engine[T]) measure() {
	for _, sl := range e.slots {
		sl.weights, sl.updates = 0, 0
	}
	for i := range e.parts {
		p := &e.parts[i]
		p.slot.weights += p.first
		p.slot.updates += p.second
	}
	for _, sl := range e.slots {
		if sl.bound {
			sl.rule.(layerwise[T]).measure(sl.weights, sl.updates)
		}
	}
}

// cut returns elements from to to−1 of every buffer; buffers of one number stay whole.
func (s *state[T]) cut(from, to int) state[T] {
	cut := *s
	for i, b := range s {
		if len(b) >= to {
			cut[i] = b[from:to]
		}
	}
	return cut
}
