package kernels

// affine maps a channel's values forward and the gradients at them back:
//
//	y = (x − center)·scale + shift,  dx = dy·scale + ((x − center)·slope + offset)
//
// Subtracting first keeps the digits of an x far from 0. The functions below work on planes of size elements; maps has one
// element a channel, and the first plane is of channel ch.
type affine[T Float] struct{ center, scale, shift, slope, offset T }

// of maps v forward. The conversion forbids fusing the product and the sum, so that every machine rounds alike.
func (a *affine[T]) of(v T) T { return T((v-a.center)*a.scale) + a.shift }

// back maps the gradient g at v back.
func (a *affine[T]) back(g, v T) T { return T(g*a.scale) + (T((v-a.center)*a.slope) + a.offset) }

// affineForward maps x to y. With relu, what is below 0 becomes 0.
func affineForward[T Float](y, x []T, maps []affine[T], ch, size int, relu bool) {
	if size == 1 {
		for o := 0; o < len(x); ch = 0 {
			row := maps[ch:min(len(maps), ch+len(x)-o)]
			y, x := y[o:][:len(row)], x[o:][:len(row)]
			for i := range row {
				v := row[i].of(x[i])
				if relu {
					v = max(v, 0)
				}
				y[i] = v
			}
			o += len(row)
		}
		return
	}
	if affineForwardSIMD(y, x, maps, ch, size, relu) {
		return
	}
	for o := 0; o < len(x); o += size {
		a := &maps[ch]
		y := y[o:][:size]
		for i, v := range x[o:][:size] {
			v = a.of(v)
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

// affineBackward maps dy to dx. With y not nil, a dy counts only where y > 0. dx may be dy.
func affineBackward[T Float](dx, dy, x, y []T, maps []affine[T], ch, size int) {
	if size == 1 {
		for o := 0; o < len(x); ch = 0 {
			row := maps[ch:min(len(maps), ch+len(x)-o)]
			dx, dy, x := dx[o:][:len(row)], dy[o:][:len(row)], x[o:][:len(row)]
			for i := range row {
				g := dy[i]
				if y != nil && !(y[o+i] > 0) {
					g = 0
				}
				dx[i] = row[i].back(g, x[i])
			}
			o += len(row)
		}
		return
	}
	if affineBackwardSIMD(dx, dy, x, y, maps, ch, size) {
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
			dx[i] = a.back(g, v)
		}
		if ch++; ch == len(maps) {
			ch = 0
		}
	}
}

// moments are two sums over a plane.
type moments struct{ first, second float64 }

// affineReduce sets each plane's sums of dy and of dy·(x − center). With y not nil, a dy counts only where y > 0.
func affineReduce[T Float](sums []moments, dy, x, y []T, maps []affine[T], ch, size int) {
	if affineReduceSIMD(sums, dy, x, y, maps, ch, size) {
		return
	}
	for p := range sums {
		center, o := maps[ch].center, p*size
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
func statistics[T Float](sums []moments, x []T, size int) {
	if statisticsSIMD(sums, x, size) {
		return
	}
	for p := range sums {
		sums[p] = planeStatistics(x[p*size:][:size])
	}
}

// planeStatistics sums from x[0], to lose no digits when the mean is far from 0.
func planeStatistics[T Float](x []T) moments {
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
