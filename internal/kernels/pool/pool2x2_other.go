//go:build !amd64 || noasm

package pool

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

func forward2x2SIMD[T kernels.Float](y, chosen, x []T, maps []elementwise.ScaleShift[T], ch, h, w int) bool {
	return false
}

func backward2x2SIMD[T kernels.Float](dx, dy, x, y []T, maps []elementwise.ScaleShift[T], ch, h, w int) bool {
	return false
}
