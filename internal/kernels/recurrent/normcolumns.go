package recurrent

import (
	"anneal/internal/kernels"
)

// The functions below take count rows of n elements, which are columns. Rows are ld apart in x, xhat and dx, ldy apart
// in y, and lddy apart in dy. n is the length of the slices that have a number for each column.

// columnMoments sets the mean and the biased variance of each column of x.
func columnMoments[T kernels.Float](mean, variance, x []T, ld, count int) {
	if columnMomentsSIMD(mean, variance, x, ld, count) {
		return
	}
	n := len(mean)
	variance = variance[:n]
	clear(mean)
	clear(variance)
	for i := range count {
		for j, v := range x[i*ld:][:n] {
			mean[j] += v
		}
	}
	for j := range mean {
		mean[j] /= T(count)
	}
	for i := range count {
		for j, v := range x[i*ld:][:n] {
			variance[j] += (v - mean[j]) * (v - mean[j])
		}
	}
	for j := range variance {
		variance[j] /= T(count)
	}
}

// normColumns normalises x:
//
//	xhat = (x − mean)·inverse,  y = xhat·gain + add
//
// xhat may be x. add has a row for each of y, which may be y's own, or with an ldadd of 0 one for all.
func normColumns[T kernels.Float](xhat, x []T, ld int, y []T, ldy int, add []T, ldadd int, gain, mean, inverse []T,
	count int,
) {
	if normColumnsSIMD(xhat, x, ld, y, ldy, add, ldadd, gain, mean, inverse, count) {
		return
	}
	n := len(gain)
	mean, inverse = mean[:n], inverse[:n]
	for i := range count {
		xhat, x, y, add := xhat[i*ld:][:n], x[i*ld:][:n], y[i*ldy:][:n], add[i*ldadd:][:n]
		for j, v := range x {
			xhat[j] = (v - mean[j]) * inverse[j]
			y[j] = xhat[j]*gain[j] + add[j]
		}
	}
}

// columnSums sets each column's sums of dy·xhat and of dy: the gradients of the gain and of what is added.
func columnSums[T kernels.Float](dgain, dshift, xhat []T, ld int, dy []T, lddy, count int) {
	if columnSumsSIMD(dgain, dshift, xhat, ld, dy, lddy, count) {
		return
	}
	n := len(dgain)
	dshift = dshift[:n]
	clear(dgain)
	clear(dshift)
	for i := range count {
		xhat := xhat[i*ld:][:n]
		for j, d := range dy[i*lddy:][:n] {
			dgain[j] += d * xhat[j]
			dshift[j] += d
		}
	}
}

// normColumnsBackward sets dx to the gradient of normColumns's x, given dy, that of y, and the sums of columnSums:
//
//	dx = gain·inverse·(dy − ratio·(dshift + xhat·dgain))
//
// ratio is 1/count, or 0 if the statistics are constants. dx has xhat's ld, and may be xhat, or dy if that has it too.
func normColumnsBackward[T kernels.Float](dx, xhat []T, ld int, dy []T, lddy int, gain, inverse, dgain, dshift []T,
	ratio T, count int,
) {
	if normColumnsBackwardSIMD(dx, xhat, ld, dy, lddy, gain, inverse, dgain, dshift, ratio, count) {
		return
	}
	n := len(gain)
	inverse, dgain, dshift = inverse[:n], dgain[:n], dshift[:n]
	for i := range count {
		dx, xhat := dx[i*ld:][:n], xhat[i*ld:][:n]
		for j, d := range dy[i*lddy:][:n] {
			dx[j] = gain[j] * inverse[j] * (d - ratio*(dshift[j]+xhat[j]*dgain[j]))
		}
	}
}
