package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// group normalises groups of channels. A part of the work is some groups. Each way takes two passes over a part, of
// which the second one finds most of it in the cache.
type group[T kernels.Float] struct {
	Settings
	n, c, spatial, groups     int
	x, y, dx, dy, gamma, beta []T

	standards             []standard                  // [n·groups], of the last Forward
	sums                  []moments                   // [n·c]
	maps                  []elementwise.ScaleShift[T] // [n·c]
	normalise, accumulate parallel.Loop
	totals                []moments // [c]

	mean, variance []float64 // [c], of Statistics
}

// Instances is a Sample whose groups are single channels of more than one value.
type Instances interface {
	// Statistics returns the mean over the samples of the last Forward's means and biased variances, per channel, and of
	// how many values each is. The next call overwrites them.
	Statistics() (values int, mean, variance []float64)
}

// Statistics implements Instances.
func (g *group[T]) Statistics() (values int, mean, variance []float64) {
	if g.mean == nil {
		g.mean, g.variance = make([]float64, g.c), make([]float64, g.c)
	}
	clear(g.mean)
	clear(g.variance)
	for i, s := range g.sums {
		g.mean[i%g.c] += s.first / float64(g.n)
		g.variance[i%g.c] += s.second / float64(g.n*g.spatial)
	}
	return g.spatial, g.mean, g.variance
}

// NewGroup returns a plan that normalises each group of c/groups channels of each sample of x, [n, c, spatial], over
// its c/groups·spatial values:
//
//	y = gamma·(x − mean)/√(variance + eps) + beta
//
// gamma and beta are [c]. The variance is the biased one. Groups of one channel are instance normalization, one group
// is layer normalization with a gamma per channel. Wu and He, Group Normalization, 2018, arXiv:1803.08494.
func NewGroup[T kernels.Float](n, c, spatial, groups int, s Settings) Sample[T] {
	if spatial == 1 {
		return newLayer[T](n, groups, c/groups, s)
	}
	g := &group[T]{
		Settings: s, n: n, c: c, spatial: spatial, groups: groups,
		standards: make([]standard, n*groups), sums: make([]moments, n*c), maps: make([]elementwise.ScaleShift[T], n*c),
		totals: make([]moments, c),
	}
	g.normalise = parallel.NewLoop(n*groups, c/groups*spatial, g.forward)
	g.accumulate = parallel.NewLoop(n*groups, c/groups*spatial, g.backward)
	return g
}

// Forward sets y.
func (g *group[T]) Forward(y, x, gamma, beta []T) {
	g.check(y, x)
	g.y, g.x, g.gamma, g.beta = y, x, gamma, beta
	g.normalise.Run()
}

// forward normalises the groups [from, to).
func (g *group[T]) forward(from, to int) {
	each := g.c / g.groups
	first, last := from*each, to*each
	x := g.x[first*g.spatial : last*g.spatial]
	statistics(g.sums[first:last], x, g.spatial)
	for i := from; i < to; i++ {
		g.standards[i] = g.standard(join(g.sums[i*each:(i+1)*each], g.spatial), each*g.spatial)
		g.set(i)
	}
	scaleShift(g.y[first*g.spatial:last*g.spatial], x, nil, g.maps[first:last], 0, g.spatial, g.ReLU)
}

// set sets the maps of group i, one for each channel.
func (g *group[T]) set(i int) {
	each := g.c / g.groups
	for p := i * each; p < (i+1)*each; p++ {
		g.maps[p] = forward[T](g.standards[i], at(g.gamma, p%g.c, 1), at(g.beta, p%g.c, 0))
	}
}

// Backward sets the gradients.
func (g *group[T]) Backward(dx, dgamma, dbeta, dy, x, y, gamma []T) {
	g.check(dy, x)
	g.dx, g.dy, g.x, g.y, g.gamma = dx, dy, x, y, gamma
	g.accumulate.Run()
	clear(g.totals)
	for p := range g.sums {
		t, s, by := &g.totals[p%g.c], g.sums[p], g.standards[p/(g.c/g.groups)]
		t.first += s.first
		t.second += by.inverse * (s.second - (by.mean-float64(T(by.mean)))*s.first)
	}
	for ch, t := range g.totals {
		if dgamma != nil {
			dgamma[ch] = T(t.second)
		}
		if dbeta != nil {
			dbeta[ch] = T(t.first)
		}
	}
}

// backward sums dy for the groups [from, to) and sets dx there, if it is wanted.
func (g *group[T]) backward(from, to int) {
	each := g.c / g.groups
	first, last := from*each, to*each
	part := func(v []T) []T { return v[first*g.spatial : last*g.spatial] }
	dy, x, maps := part(g.dy), part(g.x), g.maps[first:last]
	var gate []T
	if g.ReLU {
		gate = part(g.y)
	}
	for i := from; i < to; i++ {
		g.set(i)
	}
	scaleShiftReduce(g.sums[first:last], dy, x, gate, g.ReLU, maps, 0, g.spatial)
	if g.dx == nil {
		return
	}
	for i := from; i < to; i++ {
		var sums moments
		for p := i * each; p < (i+1)*each; p++ {
			gamma := at(g.gamma, p%g.c, 1)
			sums.first += gamma * g.sums[p].first
			sums.second += gamma * g.sums[p].second
		}
		slope, offset := backward[T](g.standards[i], g.RMS, sums, each*g.spatial)
		for p := i * each; p < (i+1)*each; p++ {
			g.maps[p].Slope, g.maps[p].Offset = slope, offset
		}
	}
	scaleShiftBackward(part(g.dx), dy, x, gate, g.ReLU, maps, 0, g.spatial)
}

func (g *group[T]) check(y, x []T) {
	kernels.CheckLen("Group", "x", len(x), g.n*g.c*g.spatial)
	kernels.CheckLen("Group", "y or dy", len(y), len(x))
}
