package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// layer normalises rows whose elements have a gamma and a beta each. A part of the work is some samples, and a sample
// is one row for each group.
type layer[T kernels.Float] struct {
	Settings
	n, groups, size           int
	x, y, dx, dy, gamma, beta []T
	ones, zeros               []T // for a nil gamma or beta

	standards             []standard                  // [n·groups], of the last Forward
	maps                  []elementwise.ScaleShift[T] // [n·groups]
	sums                  []moments                   // [n·groups]
	normalise             parallel.Loop
	parts                 int // of accumulate
	accumulate            *parallel.Work
	dgammas, dbetas       [][]T // [parts][groups·size]
	unwanted              [][]T // what dx is written to, in parts, if nobody wants it
	total                 parallel.Loop
	totalGamma, totalBeta []T
}

// NewLayer returns a plan that normalises each of the rows of x, [rows, size]:
//
//	y = gamma·(x − mean)/√(variance + eps) + beta
//
// gamma and beta are [size], and the variance is the biased one. Ba, Kiros and Hinton, Layer Normalization, 2016,
// arXiv:1607.06450. With RMS it is y = gamma·x/√(mean(x²) + eps) + beta: Zhang and Sennrich, Root Mean Square Layer
// Normalization, 2019, arXiv:1910.07467, which has no beta.
func NewLayer[T kernels.Float](rows, size int, s Settings) Sample[T] {
	return newLayer[T](rows, 1, size, s)
}

// newLayer returns a plan for x of [n, groups, size], with gamma and beta of [groups, size].
func newLayer[T kernels.Float](n, groups, size int, s Settings) *layer[T] {
	width := groups * size
	l := &layer[T]{
		Settings: s, n: n, groups: groups, size: size, ones: kernels.Make[T](width), zeros: kernels.Make[T](width),
		standards: make([]standard, n*groups), maps: make([]elementwise.ScaleShift[T], n*groups),
		sums: make([]moments, n*groups),
	}
	for i := range l.ones {
		l.ones[i] = 1
	}
	l.normalise = parallel.NewLoop(n, width, l.forward)
	// Each part has sums of its own, which cost as much as some rows. So a part has at least 8 rows, if there are many.
	l.parts = max(1, min(kernels.MaxParts, max(n/8, min(n, 4)), n*width/(parallel.PartSize/4)))
	l.dgammas, l.dbetas = kernels.Scratch[T](l.parts, width), kernels.Scratch[T](l.parts, width)
	l.accumulate = parallel.New(func(part, _ int) { l.backward(part) })
	l.total = parallel.NewLoop(width, l.parts, func(from, to int) {
		sumColumns(l.totalGamma, l.dgammas, from, to)
		sumColumns(l.totalBeta, l.dbetas, from, to)
	})
	return l
}

// Forward sets y.
func (l *layer[T]) Forward(y, x, gamma, beta []T) {
	l.check(y, x)
	l.y, l.x, l.gamma, l.beta = y, x, l.orElse(gamma, l.ones), l.orElse(beta, l.zeros)
	l.normalise.Run()
}

func (l *layer[T]) orElse(v, otherwise []T) []T {
	if v == nil {
		return otherwise
	}
	return v
}

// forward normalises the samples [from, to).
func (l *layer[T]) forward(from, to int) {
	for i, step := from*l.groups, l.step(); i < to*l.groups; i += step {
		first, last := i, min(i+step, to*l.groups)
		x, at := l.x[first*l.size:last*l.size], first%l.groups*l.size
		rowStatistics(l.sums[first:last], x, l.size)
		for row := first; row < last; row++ {
			l.standards[row] = l.standard(l.sums[row], l.size)
			l.maps[row] = forward[T](l.standards[row], 1, 0)
		}
		gamma, beta := l.gamma[at:][:l.size], l.beta[at:][:l.size]
		rowNorm(l.y[first*l.size:last*l.size], x, gamma, beta, l.maps[first:last], l.ReLU)
	}
}

// step returns how many rows the passes take at a time: those that have one gamma and stay in the cache.
func (l *layer[T]) step() int {
	if l.groups > 1 {
		return 1
	}
	return max(1, chunk/l.size)
}

// stepBack is step for the way back, where some long rows share the passes over dgamma and dbeta.
func (l *layer[T]) stepBack() int {
	if l.groups > 1 {
		return 1
	}
	return max(4, chunk/l.size)
}

// Backward sets the gradients.
func (l *layer[T]) Backward(dx, dgamma, dbeta, dy, x, y, gamma []T) {
	l.check(dy, x)
	l.dx, l.dy, l.x, l.y, l.gamma = dx, dy, x, y, l.orElse(gamma, l.ones)
	if dx == nil && l.unwanted == nil {
		l.unwanted = kernels.Scratch[T](l.parts, l.stepBack()*l.size)
	}
	l.accumulate.Run(l.parts)
	if l.totalGamma, l.totalBeta = dgamma, dbeta; dgamma != nil || dbeta != nil {
		l.total.Run()
	}
}

// backward computes a part.
func (l *layer[T]) backward(part int) {
	clear(l.dgammas[part])
	clear(l.dbetas[part])
	from, to := parallel.Range(part, l.parts, l.n)
	for i, step := from*l.groups, l.stepBack(); i < to*l.groups; i += step {
		first, last := i, min(i+step, to*l.groups)
		at, rows := first%l.groups*l.size, func(v []T) []T { return v[first*l.size : last*l.size] }
		dy, x, gamma := rows(l.dy), rows(l.x), l.gamma[at:][:l.size]
		var gate []T
		if l.ReLU {
			gate = rows(l.y)
		}
		maps, sums := l.maps[first:last], l.sums[first:last]
		for k := range maps {
			maps[k] = forward[T](l.standards[first+k], 1, 0)
		}
		rowSums(sums, dy, x, gate, gamma, maps)
		for k := range maps {
			maps[k].Slope, maps[k].Offset = backward[T](l.standards[first+k], l.RMS, sums[k], l.size)
		}
		var dx []T
		if l.dx != nil {
			dx = rows(l.dx)
		} else {
			dx = l.unwanted[part]
		}
		rowsBackward(dx, l.dgammas[part][at:][:l.size], l.dbetas[part][at:][:l.size], dy, x, gate, gamma, maps)
	}
}

// sumColumns sets the columns [from, to) of total, which may be nil, to the sums of the parts'.
func sumColumns[T kernels.Float](total []T, parts [][]T, from, to int) {
	if total == nil {
		return
	}
	total = total[from:to]
	copy(total, parts[0][from:to])
	for _, part := range parts[1:] {
		for i, v := range part[from:to] {
			total[i] += v
		}
	}
}

func (l *layer[T]) check(y, x []T) {
	kernels.CheckLen("Layer", "x", len(x), l.n*l.groups*l.size)
	kernels.CheckLen("Layer", "y or dy", len(y), len(x))
}
