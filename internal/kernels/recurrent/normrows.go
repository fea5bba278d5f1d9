package recurrent

import (
	"math"

	"anneal/internal/kernels"
)

// normRows normalises len(inverse) rows of len(gain) elements, which are ld apart in x and xhat and ldy apart in y:
//
//	xhat = (x − mean)·inverse,  inverse = 1/√(variance + eps),  y = xhat·gain + add
//
// xhat may be x. add has a row for each of y, which may be y's own, or with an ldadd of 0 one for all.
func normRows[T kernels.Float](xhat, x []T, ld int, y []T, ldy int, add []T, ldadd int, gain, inverse []T,
	eps float64,
) {
	if normRowsSIMD(xhat, x, ld, y, ldy, add, ldadd, gain, inverse, eps) {
		return
	}
	size := len(gain)
	for i := range inverse {
		xhat, x, y, add := xhat[i*ld:][:size], x[i*ld:][:size], y[i*ldy:][:size], add[i*ldadd:][:size]
		mean := sum(x) / T(size)
		var squares T
		for _, v := range x {
			squares += (v - mean) * (v - mean)
		}
		inverse[i] = T(1 / math.Sqrt(float64(squares)/float64(size)+eps))
		for j, v := range x {
			xhat[j] = (v - mean) * inverse[i]
			y[j] = xhat[j]*gain[j] + add[j]
		}
	}
}

// normRowsBackward sets dx to the gradient of normRows's x, given dy, that of y. It adds to dgain the gradient of gain,
// and to dshift the sum of the rows of dy. dx has xhat's ld, and may be xhat, or dy if that has it too.
func normRowsBackward[T kernels.Float](dx, xhat []T, ld int, dy []T, lddy int, gain, dgain, dshift, inverse []T) {
	if normRowsBackwardSIMD(dx, xhat, ld, dy, lddy, gain, dgain, dshift, inverse) {
		return
	}
	size := len(gain)
	dgain, dshift = dgain[:size], dshift[:size]
	for i, inverse := range inverse {
		dx, xhat, dy := dx[i*ld:][:size], xhat[i*ld:][:size], dy[i*lddy:][:size]
		var mean, slope T
		for j, d := range dy {
			dshift[j] += d
			dgain[j] += d * xhat[j]
			mean += d * gain[j]
			slope += d * gain[j] * xhat[j]
		}
		mean, slope = mean/T(size), slope/T(size)
		for j, d := range dy {
			dx[j] = inverse * (d*gain[j] - mean - xhat[j]*slope)
		}
	}
}
