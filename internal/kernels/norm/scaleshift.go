package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// scaleShift maps the planes of x, of size elements each, to y. With relu, negative results become 0. maps has one
// element per channel, and the first plane belongs to channel ch.
func scaleShift[T kernels.Float](y, x []T, maps []elementwise.ScaleShift[T], ch, size int, relu bool) {
	if size == 1 {
		for o := 0; o < len(x); ch = 0 {
			row := maps[ch:min(len(maps), ch+len(x)-o)]
			y, x := y[o:][:len(row)], x[o:][:len(row)]
			for i := range row {
				v := row[i].Apply(x[i])
				if relu {
					v = max(v, 0)
				}
				y[i] = v
			}
			o += len(row)
		}
		return
	}
	if scaleShiftSIMD(y, x, maps, ch, size, relu) {
		return
	}
	for o := 0; o < len(x); o += size {
		a := &maps[ch]
		y := y[o:][:size]
		for i, v := range x[o:][:size] {
			v = a.Apply(v)
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

// scaleShiftBackward maps dy to dx. If y is not nil, dy counts only where y > 0. dx may be dy.
func scaleShiftBackward[T kernels.Float](dx, dy, x, y []T, maps []elementwise.ScaleShift[T], ch, size int) {
	if size == 1 {
		for o := 0; o < len(x); ch = 0 {
			row := maps[ch:min(len(maps), ch+len(x)-o)]
			dx, dy, x := dx[o:][:len(row)], dy[o:][:len(row)], x[o:][:len(row)]
			for i := range row {
				g := dy[i]
				if y != nil && !(y[o+i] > 0) {
					g = 0
				}
				dx[i] = row[i].Gradient(g, x[i])
			}
			o += len(row)
		}
		return
	}
	if scaleShiftBackwardSIMD(dx, dy, x, y, maps, ch, size) {
		return
	}
	for o := 0; o < len(x); o += size {
		a := &maps[ch]
		dx, dy := dx[o:][:size], dy[o:][:size]
		for i, v := range x[o:][:size] {
			g := dy[i]
			if y != nil && !(y[o+i] > 0) {
				g = 0
			}
			dx[i] = a.Gradient(g, v)
		}
		if ch++; ch == len(maps) {
			ch = 0
		}
	}
}

// moments are two sums over a plane.
type moments struct{ first, second float64 }

// scaleShiftReduce sets each plane's sums of dy and of dy·(x − center). If y is not nil, dy counts only where y > 0.
func scaleShiftReduce[T kernels.Float](sums []moments, dy, x, y []T, maps []elementwise.ScaleShift[T], ch, size int) {
	if scaleShiftReduceSIMD(sums, dy, x, y, maps, ch, size) {
		return
	}
	for p := range sums {
		center, o := maps[ch].Center, p*size
		var sum, product float64
		for i, g := range dy[o : o+size] {
			if y == nil || y[o+i] > 0 {
				sum += float64(g)
				product += float64(g) * float64(x[o+i]-center)
			}
		}
		sums[p] = moments{sum, product}
		if ch++; ch == len(maps) {
			ch = 0
		}
	}
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
