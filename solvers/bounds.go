package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// No step turns finite weights, gradients and state into anything else. Three rules see to that:
//
//   - scalars are rounded to T by narrow and positive;
//   - a rule that squares gradients gets them bounded: beyond its limit a square is no number of T;
//   - weights and state that grow past the largest number of T stop there.
//
// A gradient that is not finite is none of their business: it makes the weights NaN or infinite, which the loss shows.
// The kernels of SGD and Adam do all this themselves. For the other rules, a part looks at the size of its gradients
// first, and does the rest only once it has seen very large ones.

// limited is a rule whose gradients a part bounds.
type limited[T kernels.Float] interface {
	bound() bounds[T] // in this step
}

// bounds say what is too large for a rule.
type bounds[T kernels.Float] struct {
	gradient T
	extreme  bool // the settings are such that weights may grow past all bounds with any gradients
}

// newBounds returns the bounds of a rule that multiplies what it makes of gradients by rate and divides it by eps or
// more.
func newBounds[T kernels.Float](rate, eps T) bounds[T] {
	return bounds[T]{elementwise.GradientBound(rate), rate > 1e6 || eps < 1e-12}
}

func (b bounds[T]) bound() bounds[T] { return b }

// loud is the size of gradients from which a part watches its weights and its state.
const loud = 1e12

// moderate returns g, or a copy with bounded elements.
func (p *part[T]) moderate(g []T, b bounds[T]) []T {
	size := elementwise.Size(g)
	p.watched = p.watched || b.extreme || size > loud
	if !(size > b.gradient) {
		return g
	}
	if p.bounded == nil {
		p.bounded = make([]T, p.stretch)
	}
	for i, x := range g {
		p.bounded[i] = elementwise.Bound(x, b.gradient, x)
	}
	return p.bounded[:len(g)]
}

// stop holds weights and state to the largest number of T.
func (p *part[T]) stop(w, g []T, s State[T]) {
	most := elementwise.Largest[T]()
	lists := [MaxBuffers + 1][]T{w}
	copy(lists[1:], s[:])
	for _, list := range lists {
		for i, x := range list[:min(len(list), len(g))] {
			list[i] = elementwise.Bound(x, most, g[i])
		}
	}
}

// narrow returns x rounded to T, at most a quarter of the largest number of T in size.
func narrow[T kernels.Float](x float64) T {
	most := float64(elementwise.Largest[T]() / 4)
	return T(min(max(x, -most), most))
}

// positive returns narrow(x), or if that is 0 or nearly so, a number that changes no root of a number of T to which it
// is added, unless that is 0. It stands for an eps of 0, with which 0/0 would be NaN.
func positive[T kernels.Float](x float64) T { return max(narrow[T](x), elementwise.Tiny[T]()) }
