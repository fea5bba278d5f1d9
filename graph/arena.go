package graph

import (
	"cmp"
	"slices"
	"unsafe"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/memory"
)

// arena is one piece of memory for the results of many ops. Two results may overlap in it if their lives do not.
//
// The largest results are placed first, each as low as possible: greedy by size in Pisarchyk and Lee, Efficient Memory
// Management for Deep Neural Net Inference, 2020, arXiv:2001.03288.
type arena[T Float] struct {
	size    int    // in elements
	memory  []T    // nil until a result is needed
	release func() // the claim on the memory
}

// placeUnit is what the places of results in an arena are multiples of, in elements: one or two lines of the cache.
const placeUnit = 16

// placed is a result with its place in an arena, [at, end).
type placed struct {
	life
	at, end int
}

// place chooses a place for the result of each life, and returns the places from low to high.
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
		a.release()
		a.memory = make([]T, a.size)
	}
	return tensor.New(tensor.WithShape(p.op.shape.Clone()...), tensor.WithBacking(a.memory[p.at:p.end:p.end]))
}

// shareMemory makes the results of lives share memory, and returns its size in elements.
func (b *Builder) shareMemory(lives []life) int {
	if b.params.dtype == tensor.Float32 {
		return shareMemory[float32](lives)
	}
	return shareMemory[float64](lives)
}

func shareMemory[T Float](lives []life) int {
	a := new(arena[T])
	for _, p := range a.place(lives) {
		p.op.shared = true
		p.op.alloc = func() gorgonia.Value { return a.tensor(p) }
	}
	var zero T
	a.release = memory.Claim(a, int64(a.size)*int64(unsafe.Sizeof(zero)))
	return a.size
}
