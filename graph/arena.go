package graph

import (
	"cmp"
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// arena is one piece of memory for the results of many ops. Those whose lives do not overlap have the same place.
//
// The largest results are placed first, each as low as it can be: Pisarchyk and Lee, Efficient Memory Management for
// Deep Neural Net Inference, 2020, arXiv:2001.03288, greedy by size.
type arena[T Float] struct {
	size   int // in numbers
	memory []T // made when the first result is needed
}

// places are where results start in an arena: at multiples of 16 numbers, which are a line of the processor's cache or
// two.
const placeUnit = 16

// placed is a result with its place in an arena.
type placed struct {
	life
	at, end int
}

// place gives a place to the result of each life, and returns the places from low to high.
func (a *arena[T]) place(lives []life) []placed {
	lives = slices.Clone(lives)
	slices.SortStableFunc(lives, func(l, m life) int {
		return cmp.Compare(m.op.shape.TotalSize(), l.op.shape.TotalSize())
	})
	var all []placed
	for _, l := range lives {
		n := l.op.shape.TotalSize()
		p := placed{l, 0, n}
		for _, q := range all {
			if q.overlaps(l) && q.at < p.end {
				p.at = max(p.at, (q.end+placeUnit-1)/placeUnit*placeUnit)
				p.end = p.at + n
			}
		}
		a.size = max(a.size, p.end)
		at, _ := slices.BinarySearchFunc(all, p, func(q, p placed) int { return cmp.Compare(q.at, p.at) })
		all = slices.Insert(all, at, p)
	}
	return all
}

// tensor returns the tensor at a place.
func (a *arena[T]) tensor(p placed) gorgonia.Value {
	if a.memory == nil {
		a.memory = make([]T, a.size)
	}
	return tensor.New(tensor.WithShape(p.op.shape.Clone()...), tensor.WithBacking(a.memory[p.at:p.end:p.end]))
}

// share makes the results of lives share memory, and returns how many numbers fit into it.
func (b *Builder) share(lives []life) int {
	if b.params.dtype == tensor.Float32 {
		return share[float32](lives)
	}
	return share[float64](lives)
}

func share[T Float](lives []life) int {
	a := new(arena[T])
	for _, p := range a.place(lives) {
		p.op.shared = true
		p.op.alloc = func() gorgonia.Value { return a.tensor(p) }
	}
	return a.size
}
