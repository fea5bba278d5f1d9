//go:build !amd64 || noasm

package activation

import (
	"anneal/internal/kernels"
)

func sigmoidSIMD[T kernels.Float](y, x []T) bool { return false }

func sigmoidBackwardSIMD[T kernels.Float](dx, dy, y []T) bool { return false }

func tanhSIMD[T kernels.Float](y, x []T) bool { return false }

func tanhBackwardSIMD[T kernels.Float](dx, dy, y []T) bool { return false }

func siluSIMD[T kernels.Float](y, x []T) bool { return false }

func siluBackwardSIMD[T kernels.Float](dx, dy, x []T) bool { return false }

func mishSIMD[T kernels.Float](y, x []T) bool { return false }

func mishBackwardSIMD[T kernels.Float](dx, dy, x []T) bool { return false }

func eluSIMD[T kernels.Float](y, x []T, positive, negative float64) bool { return false }

func eluBackwardSIMD[T kernels.Float](dx, dy, x []T, positive, negative float64) bool { return false }

func geluSIMD[T kernels.Float](y, x []T) bool { return false }

func geluBackwardSIMD[T kernels.Float](dx, dy, x []T) bool { return false }

func geluTanhSIMD[T kernels.Float](y, x []T) bool { return false }

func geluTanhBackwardSIMD[T kernels.Float](dx, dy, x []T) bool { return false }

func softmaxRowsSIMD[T kernels.Float](y, x []T, rows, n, stride int, scale T) bool { return false }

func softmaxRowsBackwardSIMD[T kernels.Float](dx, dy, y []T, rows, n, stride int, scale T) bool {
	return false
}

func logSumRowsSIMD[T kernels.Float](tops, sums, x []T, rows, n, stride int) bool { return false }

func logSoftmaxRowsBackwardSIMD[T kernels.Float](dx, dy, y []T, rows, n, stride int) bool {
	return false
}
