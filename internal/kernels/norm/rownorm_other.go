//go:build !amd64 || noasm

package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

func rowNormSIMD[T kernels.Float](y, x, gamma, beta []T, maps []elementwise.ScaleShift[T], relu bool) bool {
	return false
}

func rowNormReduceSIMD[T kernels.Float](sums []moments, dy, x, gate, gamma []T, maps []elementwise.ScaleShift[T]) bool {
	return false
}

func rowNormBackwardSIMD[T kernels.Float](dx, dgamma, dbeta, dy, x, gate, gamma []T,
	maps []elementwise.ScaleShift[T],
) bool {
	return false
}
