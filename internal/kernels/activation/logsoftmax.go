package activation

import (
	"math"

	"anneal/internal/kernels"
)

// logRows is how many rows SIMD kernels sum at a time.
const logRows = 16

// LogSoftmaxRows sets each of the rows of y to x − log Σ exp(x) of that row's n elements. Rows are stride elements
// apart in x and y; y may be x. It panics if a slice is too short.
func LogSoftmaxRows[T kernels.Float](y, x []T, rows, n, stride int) {
	var tops, sums [logRows]T
	for i := 0; i < rows && n > 0; i += logRows {
		count := min(logRows, rows-i)
		from, to := x[i*stride:], y[i*stride:]
		if logSumRowsSIMD(tops[:], sums[:], from, count, n, stride) {
			for k := range count {
				shift := tops[k] + T(math.Log(float64(sums[k])))
				row := to[k*stride:][:n]
				for j, v := range from[k*stride:][:n] {
					row[j] = v - shift
				}
			}
			continue
		}
		for k := range count {
			logSoftmaxRow(to[k*stride:][:n], from[k*stride:][:n])
		}
	}
}

func logSoftmaxRow[T kernels.Float](y, x []T) {
	top := highest(x)
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - float64(top))
	}
	shift := float64(top) + math.Log(sum)
	for k, v := range x {
		y[k] = T(float64(v) - shift)
	}
}

// LogSoftmaxRowsBackward sets each row of dx to dy − exp(y)·Σ dy, where y is LogSoftmaxRows' result. dx may be dy. It
// panics if a slice is too short.
func LogSoftmaxRowsBackward[T kernels.Float](dx, dy, y []T, rows, n, stride int) {
	if rows == 0 || n == 0 || logSoftmaxRowsBackwardSIMD(dx, dy, y, rows, n, stride) {
		return
	}
	for i := range rows {
		g, l, to := dy[i*stride:][:n], y[i*stride:][:n], dx[i*stride:][:n]
		var sum float64
		for _, v := range g {
			sum += float64(v)
		}
		for k, v := range l {
			to[k] = T(float64(g[k]) - math.Exp(float64(v))*sum)
		}
	}
}
