//go:build !amd64 || noasm

package recurrent

import (
	"anneal/internal/kernels"
)

// There are no SIMD kernels.

func normRowsSIMD[T kernels.Float](_, _ []T, _ int, _ []T, _ int, _ []T, _ int, _, _ []T, _ float64) bool {
	return false
}

func normRowsBackwardSIMD[T kernels.Float](_, _ []T, _ int, _ []T, _ int, _, _, _, _ []T) bool {
	return false
}
