package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// Planes is a plan of what normalization needs, on count planes of size numbers each. A plane has a map of its own.
type Planes[T kernels.Float] struct {
	Mean, Var    []float64 // set by Moments
	Sum, Product []float64 // set by Sums

	count, size    int
	sums           []moments
	x, y, dy       []T
	maps           []elementwise.ScaleShift[T]
	measure, apply parallel.Loop
	reduce, back   parallel.Loop
}

// NewPlanes returns a plan for count planes of size numbers.
func NewPlanes[T kernels.Float](count, size int) *Planes[T] {
	p := &Planes[T]{
		Mean: make([]float64, count), Var: make([]float64, count), Sum: make([]float64, count),
		Product: make([]float64, count), count: count, size: size, sums: make([]moments, count),
	}
	part := func(v []T, from, to int) []T { return v[from*size : to*size] }
	p.measure = parallel.NewLoop(count, size, func(from, to int) {
		statistics(p.sums[from:to], part(p.x, from, to), size)
	})
	p.apply = parallel.NewLoop(count, size, func(from, to int) {
		scaleShift(part(p.y, from, to), part(p.x, from, to), nil, p.maps, from, size, false)
	})
	p.reduce = parallel.NewLoop(count, size, func(from, to int) {
		scaleShiftReduce(p.sums[from:to], part(p.dy, from, to), part(p.x, from, to), nil, false, p.maps, from, size)
	})
	p.back = parallel.NewLoop(count, size, func(from, to int) {
		scaleShiftBackward(part(p.y, from, to), part(p.dy, from, to), part(p.x, from, to), nil, false, p.maps, from, size)
	})
	return p
}

// Moments sets Mean and Var to each plane's mean and biased variance.
func (p *Planes[T]) Moments(x []T) {
	const op = "Planes.Moments"
	kernels.CheckLen(op, "x", len(x), p.count*p.size)
	p.x = x
	p.measure.Run()
	for i, s := range p.sums {
		p.Mean[i], p.Var[i] = s.first, s.second/float64(p.size)
	}
}

// Apply sets y to what the maps make of x.
func (p *Planes[T]) Apply(y, x []T, maps []elementwise.ScaleShift[T]) {
	p.set("Planes.Apply", y, nil, x, maps)
	p.apply.Run()
}

// Sums sets Sum and Product to each plane's Σ dy and Σ dy·(x − Center).
func (p *Planes[T]) Sums(dy, x []T, maps []elementwise.ScaleShift[T]) {
	p.set("Planes.Sums", nil, dy, x, maps)
	p.reduce.Run()
	for i, s := range p.sums {
		p.Sum[i], p.Product[i] = s.first, s.second
	}
}

// Gradient sets dx, unless it is nil, to what the maps make of dy and x.
func (p *Planes[T]) Gradient(dx, dy, x []T, maps []elementwise.ScaleShift[T]) {
	if dx == nil {
		return
	}
	p.set("Planes.Gradient", dx, dy, x, maps)
	p.back.Run()
}

func (p *Planes[T]) set(op string, y, dy, x []T, maps []elementwise.ScaleShift[T]) {
	n := p.count * p.size
	kernels.CheckLen(op, "x", len(x), n)
	kernels.CheckLenOrNil(op, "the result", y, n)
	kernels.CheckLenOrNil(op, "dy", dy, n)
	kernels.CheckLen(op, "maps", len(maps), p.count)
	p.x, p.y, p.dy, p.maps = x, y, dy, maps
}
