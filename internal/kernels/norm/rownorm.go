package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// The functions below pass over rows of len(gamma) elements each. Each row has a map, and xhat = (x − Center)·Scale +
// Shift. If gate is not nil, dy counts only where gate > 0.

// chunk is how many elements of a row are summed in float32 at most.
const chunk = 1 << 12

// rowStatistics sets the mean of each row of size elements, and the sum of its squared distances from it.
func rowStatistics[T kernels.Float](sums []moments, x []T, size int) {
	if size <= chunk {
		statistics(sums, x, size)
		return
	}
	for row := range sums {
		// As in join, but the last chunk may be smaller.
		var origin, sum, squares float64
		for from := 0; from < size; from += chunk {
			n := min(chunk, size-from)
			statistics(sums[row:row+1], x[row*size+from:][:n], n)
			s := sums[row]
			if from == 0 {
				origin = s.first
			}
			d := s.first - origin
			sum += float64(n) * d
			squares += s.second + float64(n)*d*d
		}
		mean := sum / float64(size)
		sums[row] = moments{origin + mean, max(0, squares-sum*mean)}
	}
}

// rowSums is rowNormReduce in chunks.
func rowSums[T kernels.Float](sums []moments, dy, x, gate, gamma []T, maps []elementwise.ScaleShift[T]) {
	size := len(gamma)
	if size <= chunk {
		rowNormReduce(sums, dy, x, gate, gamma, maps)
		return
	}
	for row := range sums {
		var total moments
		for from := 0; from < size; from += chunk {
			o, n := row*size+from, min(chunk, size-from)
			var gate1 []T
			if gate != nil {
				gate1 = gate[o:][:n]
			}
			rowNormReduce(sums[row:row+1], dy[o:][:n], x[o:][:n], gate1, gamma[from:][:n], maps[row:row+1])
			total.first += sums[row].first
			total.second += sums[row].second
		}
		sums[row] = total
	}
}

// rowNorm sets y = gamma·xhat + beta. With relu, negative results become 0.
func rowNorm[T kernels.Float](y, x, gamma, beta []T, maps []elementwise.ScaleShift[T], relu bool) {
	if rowNormSIMD(y, x, gamma, beta, maps, relu) {
		return
	}
	size := len(gamma)
	beta = beta[:size]
	for row := range maps {
		a := &maps[row]
		y, x := y[row*size:][:size], x[row*size:][:size]
		for i, g := range gamma {
			v := T(a.Apply(x[i])*g) + beta[i]
			if relu {
				v = max(v, 0)
			}
			y[i] = v
		}
	}
}

// rowNormReduce sets each row's sums of gamma·dy and of gamma·dy·(x − Center).
func rowNormReduce[T kernels.Float](sums []moments, dy, x, gate, gamma []T, maps []elementwise.ScaleShift[T]) {
	if rowNormReduceSIMD(sums, dy, x, gate, gamma, maps) {
		return
	}
	size := len(gamma)
	for row := range maps {
		center, o := maps[row].Center, row*size
		var sum, product float64
		for i, g := range gamma {
			if gate == nil || gate[o+i] > 0 {
				g := float64(g) * float64(dy[o+i])
				sum += g
				product += g * float64(x[o+i]-center)
			}
		}
		sums[row] = moments{sum, product}
	}
}

// rowNormBackward sets dx = gamma·dy·Scale + ((x − Center)·Slope + Offset), and adds dy·xhat to dgamma and dy to dbeta.
// dx may be dy.
func rowNormBackward[T kernels.Float](dx, dgamma, dbeta, dy, x, gate, gamma []T, maps []elementwise.ScaleShift[T]) {
	if rowNormBackwardSIMD(dx, dgamma, dbeta, dy, x, gate, gamma, maps) {
		return
	}
	size := len(gamma)
	dgamma, dbeta = dgamma[:size], dbeta[:size]
	for row := range maps {
		a, o := &maps[row], row*size
		for i, scale := range gamma {
			g := dy[o+i]
			if gate != nil && !(gate[o+i] > 0) {
				g = 0
			}
			dbeta[i] += g
			dgamma[i] += T(g * a.Apply(x[o+i]))
			dx[o+i] = a.Gradient(T(g*scale), x[o+i])
		}
	}
}

// rowsBackward is rowNormBackward in chunks, whose dgamma and dbeta stay in the cache from row to row.
func rowsBackward[T kernels.Float](dx, dgamma, dbeta, dy, x, gate, gamma []T, maps []elementwise.ScaleShift[T]) {
	size := len(gamma)
	if size <= chunk {
		rowNormBackward(dx, dgamma, dbeta, dy, x, gate, gamma, maps)
		return
	}
	const columns = chunk / 4
	for from := 0; from < size; from += columns {
		n := min(columns, size-from)
		dgamma, dbeta, gamma := dgamma[from:][:n], dbeta[from:][:n], gamma[from:][:n]
		for row := range maps {
			o := row*size + from
			var gate1 []T
			if gate != nil {
				gate1 = gate[o:][:n]
			}
			rowNormBackward(dx[o:][:n], dgamma, dbeta, dy[o:][:n], x[o:][:n], gate1, gamma, maps[row:row+1])
		}
	}
}
