//go:build !noasm

package recurrent

import (
	"anneal/internal/kernels"
)

// The functions below run SIMD kernels if there are any for T, and else return false.

func columnMomentsSIMD[T kernels.Float](mean, variance, x []T, ld, count int) bool {
	if !kernels.SIMD[T]() || len(mean) == 0 || count == 0 {
		return false
	}
	n := len(mean)
	checkRows(x, count, n, ld)
	kernel := kernels.Best(columnMomentsAVX2, columnMomentsAVX512)
	kernel(kernels.Pointer(mean), kernels.Pointer(variance[:n]), kernels.Pointer(x), ld, count, n, 1/float32(count))
	return true
}

func normColumnsSIMD[T kernels.Float](xhat, x []T, ld int, y []T, ldy int, add []T, ldadd int, gain, mean, inverse []T,
	count int,
) bool {
	if !kernels.SIMD[T]() || len(gain) == 0 || count == 0 {
		return false
	}
	n := len(gain)
	checkRows(xhat, count, n, ld)
	checkRows(x, count, n, ld)
	checkRows(y, count, n, ldy)
	checkRows(add, count, n, ldadd)
	kernel := kernels.Best(normColumnsAVX2, normColumnsAVX512)
	kernel(kernels.Pointer(xhat), kernels.Pointer(x), ld, kernels.Pointer(y), ldy, kernels.Pointer(add), ldadd,
		kernels.Pointer(gain), kernels.Pointer(mean[:n]), kernels.Pointer(inverse[:n]), count, n)
	return true
}

func columnSumsSIMD[T kernels.Float](dgain, dshift, xhat []T, ld int, dy []T, lddy, count int) bool {
	if !kernels.SIMD[T]() || len(dgain) == 0 || count == 0 {
		return false
	}
	n := len(dgain)
	checkRows(xhat, count, n, ld)
	checkRows(dy, count, n, lddy)
	kernel := kernels.Best(columnSumsAVX2, columnSumsAVX512)
	kernel(kernels.Pointer(dgain), kernels.Pointer(dshift[:n]), kernels.Pointer(xhat), ld, kernels.Pointer(dy), lddy,
		count, n)
	return true
}

func normColumnsBackwardSIMD[T kernels.Float](dx, xhat []T, ld int, dy []T, lddy int, gain, inverse, dgain, dshift []T,
	ratio T, count int,
) bool {
	if !kernels.SIMD[T]() || len(gain) == 0 || count == 0 {
		return false
	}
	n := len(gain)
	checkRows(dx, count, n, ld)
	checkRows(xhat, count, n, ld)
	checkRows(dy, count, n, lddy)
	kernel := kernels.Best(normColumnsBackwardAVX2, normColumnsBackwardAVX512)
	kernel(kernels.Pointer(dx), kernels.Pointer(xhat), ld, kernels.Pointer(dy), lddy, kernels.Pointer(gain),
		kernels.Pointer(inverse[:n]), kernels.Pointer(dgain[:n]), kernels.Pointer(dshift[:n]), count, n, float32(ratio))
	return true
}
