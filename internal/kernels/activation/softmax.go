package activation

import (
	"math"

	"anneal/internal/kernels"
)

// SoftmaxRows sets each of the rows of y to exp(scale·x)/Σ exp(scale·x) of that row's n elements; scale is above 0.
// Rows are stride elements apart in x and y; y may be x. The row's maximum is subtracted first, so that x of any size
// is safe. It panics if a slice is too short.
func SoftmaxRows[T kernels.Float](y, x []T, rows, n, stride int, scale T) {
	if rows == 0 || n == 0 {
		return
	}
	if softmaxRowsSIMD(y, x, rows, n, stride, scale) {
		return
	}
	for i := range rows {
		from, to := x[i*stride:][:n], y[i*stride:][:n]
		top := highest(from)
		var sum float64
		for k, v := range from {
			e := math.Exp((float64(v) - float64(top)) * float64(scale))
			to[k] = T(e)
			sum += e
		}
		for k, e := range to {
			to[k] = T(float64(e) / sum)
		}
	}
}

// SoftmaxRowsBackward sets each row of dx to scale·y·(dy − Σ dy·y), where y is SoftmaxRows' result. dx may be dy. It
// panics if a slice is too short.
func SoftmaxRowsBackward[T kernels.Float](dx, dy, y []T, rows, n, stride int, scale T) {
	if rows == 0 || n == 0 {
		return
	}
	if softmaxRowsBackwardSIMD(dx, dy, y, rows, n, stride, scale) {
		return
	}
	for i := range rows {
		g, p, to := dy[i*stride:][:n], y[i*stride:][:n], dx[i*stride:][:n]
		var sum float64
		for k, v := range p {
			sum += float64(g[k]) * float64(v)
		}
		for k, v := range p {
			to[k] = T(float64(scale) * float64(v) * (float64(g[k]) - sum))
		}
	}
}

// highest returns the largest element of x, which is not empty.
func highest[T kernels.Float](x []T) T {
	top := x[0]
	for _, v := range x {
		if v > top {
			top = v
		}
	}
	return top
}
