package recurrent

import (
	"anneal/internal/parallel"
)

// piece is the samples [from, to) of a batch: a part, or some of its samples.
type piece struct{ part, from, to int }

// of returns the samples [from, to) of p.
func (p piece) of(from, to int) piece { return piece{p.part, from, to} }

// part returns the samples of part i.
func (l *Layer[T]) part(i int) piece {
	from, to := parallel.Range(i, l.parts, l.N)
	return piece{i, from, to}
}

// all returns all samples.
func (l *Layer[T]) all() piece { return piece{0, 0, l.N} }

// eachPart returns the work whose parts are those of each direction, in so many steps.
func (l *Layer[T]) eachPart(steps int, f func(d *direction[T], p piece)) *parallel.Work {
	return parallel.New(func(i, _ int) { f(l.directions[i/l.parts], l.part(i%l.parts)) }).Costs(steps * l.stepCost())
}
