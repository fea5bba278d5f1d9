//go:build !noasm

package recurrent

import (
	"anneal/internal/kernels"
)

// The functions below run SIMD kernels if there are any for T, and else return false.

func normRowsSIMD[T kernels.Float](xhat, x []T, ld int, y []T, ldy int, add []T, ldadd int, gain, inverse []T,
	eps float64,
) bool {
	if !kernels.SIMD[T]() || len(inverse) == 0 {
		return false
	}
	count, size := len(inverse), len(gain)
	checkRows(xhat, count, size, ld)
	checkRows(x, count, size, ld)
	checkRows(y, count, size, ldy)
	checkRows(add, count, size, ldadd)
	kernel := kernels.Best(normRowsAVX2, normRowsAVX512)
	kernel(kernels.Pointer(xhat), kernels.Pointer(x), ld, kernels.Pointer(y), ldy, kernels.Pointer(add), ldadd,
		kernels.Pointer(gain), kernels.Pointer(inverse), count, size, float32(eps), 1/float32(size))
	return true
}

func normRowsBackwardSIMD[T kernels.Float](dx, xhat []T, ld int, dy []T, lddy int, gain, dgain, dshift,
	inverse []T,
) bool {
	if !kernels.SIMD[T]() || len(inverse) == 0 {
		return false
	}
	count, size := len(inverse), len(gain)
	checkRows(dx, count, size, ld)
	checkRows(xhat, count, size, ld)
	checkRows(dy, count, size, lddy)
	kernel := kernels.Best(normRowsBackwardAVX2, normRowsBackwardAVX512)
	kernel(kernels.Pointer(dx), kernels.Pointer(xhat), ld, kernels.Pointer(dy), lddy, kernels.Pointer(gain),
		kernels.Pointer(dgain[:size]), kernels.Pointer(dshift[:size]), kernels.Pointer(inverse), count, size,
		1/float32(size))
	return true
}

// checkRows panics unless s has count rows of n elements, ld apart, because the kernels trust the bounds.
func checkRows[T kernels.Float](s []T, count, n, ld int) { _ = s[(count-1)*ld+n-1] }
