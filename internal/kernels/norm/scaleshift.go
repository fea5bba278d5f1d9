package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// scaleShift maps the planes of x, of size elements each, to y, and adds other unless it is nil. With relu, negative
// results become 0. maps has one element per channel, and the first plane belongs to channel ch.
func scaleShift[T kernels.Float](y, x, other []T, maps []elementwise.ScaleShift[T], ch, size int, relu bool) {
	if size == 1 {
		for o := 0; o < len(x); ch = 0 {
			row := maps[ch:min(len(maps), ch+len(x)-o)]
			y, x := y[o:][:len(row)], x[o:][:len(row)]
			for i := range row {
				v := row[i].Apply(x[i])
				if other != nil {
					v += other[o+i]
				}
				if relu {
					v = max(v, 0)
				}
				y[i] = v
			}
			o += len(row)
		}
		return
	}
	if scaleShiftSIMD(y, x, other, maps, ch, size, relu) {
		return
	}
	for o := 0; o < len(x); o += size {
		a := &maps[ch]
		y := y[o:][:size]
		for i, v := range x[o:][:size] {
			v = a.Apply(v)
			if other != nil {
				v += other[o+i]
			}
			if relu {
				v = max(v, 0)
			}
			y[i] = v
		}
		if ch++; ch == len(maps) {
			ch = 0
		}
	}
}

// scaleShiftBackward maps dy to dx. dx may be dy. With relu, dy counts only where the ReLU's output is above 0: that is
// y or, if y is nil, what the maps make of x.
func scaleShiftBackward[T kernels.Float](
	dx, dy, x, y []T, relu bool, maps []elementwise.ScaleShift[T], ch, size int,
) {
	if size == 1 {
		for o := 0; o < len(x); ch = 0 {
			row := maps[ch:min(len(maps), ch+len(x)-o)]
			dx, dy, x := dx[o:][:len(row)], dy[o:][:len(row)], x[o:][:len(row)]
			for i := range row {
				g := dy[i]
				if relu && !isOpen(&row[i], x[i], y, o+i) {
					g = 0
				}
				dx[i] = row[i].Gradient(g, x[i])
			}
			o += len(row)
		}
		return
	}
	if scaleShiftBackwardSIMD(dx, dy, x, y, relu, maps, ch, size) {
		return
	}
	for o := 0; o < len(x); o += size {
		a := &maps[ch]
		dx, dy := dx[o:][:size], dy[o:][:size]
		for i, v := range x[o:][:size] {
			g := dy[i]
			if relu && !isOpen(a, v, y, o+i) {
				g = 0
			}
			dx[i] = a.Gradient(g, v)
		}
		if ch++; ch == len(maps) {
			ch = 0
		}
	}
}

// isOpen reports whether the ReLU's output i is above 0: y[i] or, if y is nil, what a makes of v.
func isOpen[T kernels.Float](a *elementwise.ScaleShift[T], v T, y []T, i int) bool {
	if y != nil {
		return y[i] > 0
	}
	return a.Apply(v) > 0
}

// moments are two sums over a plane.
type moments struct{ first, second float64 }

// scaleShiftReduce sets each plane's sums of dy and of dy·(x − center). relu and y are those of scaleShiftBackward.
func scaleShiftReduce[T kernels.Float](
	sums []moments, dy, x, y []T, relu bool, maps []elementwise.ScaleShift[T], ch, size int,
) {
	if scaleShiftReduceSIMD(sums, dy, x, y, relu, maps, ch, size) {
		return
	}
	for p := range sums {
		a, o := &maps[ch], p*size
		var sum, product float64
		for i, g := range dy[o : o+size] {
			if v := x[o+i]; !relu || isOpen(a, v, y, o+i) {
				sum += float64(g)
				product += float64(g) * float64(v-a.Center)
			}
		}
		sums[p] = moments{sum, product}
		if ch++; ch == len(maps) {
			ch = 0
		}
	}
}

// residualReduce sets g to dy, plus more unless that is nil, where y > 0 or, if y is nil, everywhere; and each plane's
// sums of g and of g·(x − center). g may be dy or more.
func residualReduce[T kernels.Float](
	sums []moments, g, dy, more, x, y []T, maps []elementwise.ScaleShift[T], ch, size int,
) {
	if residualReduceSIMD(sums, g, dy, more, x, y, maps, ch, size) {
		return
	}
	for i, d := range dy {
		if more != nil {
			d += more[i]
		}
		if y != nil && !(y[i] > 0) {
			d = 0
		}
		g[i] = d
	}
	scaleShiftReduce(sums, g, x, nil, false, maps, ch, size)
}

// statistics sets each plane's mean and the sum of its squared distances from it.
func statistics[T kernels.Float](sums []moments, x []T, size int) {
	if statisticsSIMD(sums, x, size) {
		return
	}
	for p := range sums {
		sums[p] = planeStatistics(x[p*size:][:size])
	}
}

// planeStatistics sums from x[0], to lose no digits when the mean is far from 0.
func planeStatistics[T kernels.Float](x []T) moments {
	origin := float64(x[0])
	var sum, squares float64
	for _, v := range x {
		d := float64(v) - origin
		sum += d
		squares += d * d
	}
	mean := sum / float64(len(x))
	return moments{origin + mean, max(0, squares-sum*mean)}
}
