//go:build !amd64 || noasm

package recurrent

import (
	"anneal/internal/kernels"
)

// There are no SIMD kernels.

func columnMomentsSIMD[T kernels.Float](_, _, _ []T, _, _ int) bool { return false }

func normColumnsSIMD[T kernels.Float](_, _ []T, _ int, _ []T, _ int, _ []T, _ int, _, _, _ []T, _ int) bool {
	return false
}

func columnSumsSIMD[T kernels.Float](_, _, _ []T, _ int, _ []T, _, _ int) bool { return false }

func normColumnsBackwardSIMD[T kernels.Float](_, _ []T, _ int, _ []T, _ int, _, _, _, _ []T, _ T, _ int) bool {
	return false
}
