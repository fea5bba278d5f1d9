//go:build !noasm

package recurrent

import (
	"anneal/internal/kernels"
)

// The functions below run SIMD kernels if there are any for T, and else return false.

func rnnForwardSIMD[T kernels.Float](h, y []T, ld int, p []T, n int, relu bool) bool {
	if !kernels.SIMD[T]() || len(h) == 0 {
		return false
	}
	kernel := kernels.Best(rnnTanhAVX2, rnnTanhAVX512)
	if relu {
		kernel = kernels.Best(rnnReLUAVX2, rnnReLUAVX512)
	}
	count := lastRow(y, len(h), n, ld)
	kernel(kernels.Pointer(h), kernels.Pointer(y), kernels.Pointer(p[:len(h)]), count, n, ld)
	return true
}

func rnnBackwardSIMD[T kernels.Float](dp, dh, dy []T, ld int, h []T, n int, relu bool) bool {
	if !kernels.SIMD[T]() || len(h) == 0 {
		return false
	}
	kernel := kernels.Best(rnnTanhBackwardAVX2, rnnTanhBackwardAVX512)
	if relu {
		kernel = kernels.Best(rnnReLUBackwardAVX2, rnnReLUBackwardAVX512)
	}
	count := lastRow(dy, len(h), n, ld)
	kernel(kernels.Pointer(dp[:len(h)]), kernels.Pointer(dh[:len(h)]), kernels.Pointer(dy), kernels.Pointer(h), count, n,
		ld)
	return true
}

func gruForwardSIMD[T kernels.Float](h, y []T, ld int, gates, prev []T, n int) bool {
	if !kernels.SIMD[T]() || len(h) == 0 {
		return false
	}
	kernel := kernels.Best(gruForwardAVX2, gruForwardAVX512)
	count := lastRow(y, len(h), n, ld)
	kernel(kernels.Pointer(h), kernels.Pointer(y), kernels.Pointer(gates[:4*len(h)]), kernels.Pointer(prev[:len(h)]),
		count, n, ld)
	return true
}

func gruBackwardSIMD[T kernels.Float](gates, dh, dy []T, ld int, prev []T, n int) bool {
	if !kernels.SIMD[T]() || len(dh) == 0 {
		return false
	}
	kernel := kernels.Best(gruBackwardAVX2, gruBackwardAVX512)
	count := lastRow(dy, len(dh), n, ld)
	kernel(kernels.Pointer(gates[:4*len(dh)]), kernels.Pointer(dh), kernels.Pointer(dy), kernels.Pointer(prev[:len(dh)]),
		count, n, ld)
	return true
}

func lstmCellSIMD[T kernels.Float](c, gates, prev []T, n int) bool {
	if !kernels.SIMD[T]() || len(c) == 0 {
		return false
	}
	kernel := kernels.Best(lstmCellAVX2, lstmCellAVX512)
	kernel(kernels.Pointer(c), kernels.Pointer(gates[:5*len(c)]), kernels.Pointer(prev[:len(c)]), len(c)/n, n)
	return true
}

func lstmOutputSIMD[T kernels.Float](h, y []T, ld int, gates, c []T, n int) bool {
	if !kernels.SIMD[T]() || len(h) == 0 {
		return false
	}
	kernel := kernels.Best(lstmOutputAVX2, lstmOutputAVX512)
	count := lastRow(y, len(h), n, ld)
	kernel(kernels.Pointer(h), kernels.Pointer(y), kernels.Pointer(gates[:5*len(h)]), kernels.Pointer(c[:len(h)]), count,
		n, ld)
	return true
}

func lstmOutputBackwardSIMD[T kernels.Float](gates, dc, dh, dy []T, ld, n int) bool {
	if !kernels.SIMD[T]() || len(dh) == 0 {
		return false
	}
	kernel := kernels.Best(lstmOutputBackwardAVX2, lstmOutputBackwardAVX512)
	count := lastRow(dy, len(dh), n, ld)
	kernel(kernels.Pointer(gates[:5*len(dh)]), kernels.Pointer(dc[:len(dh)]), kernels.Pointer(dh), kernels.Pointer(dy),
		count, n, ld)
	return true
}

func lstmCellBackwardSIMD[T kernels.Float](gates, dc, dm, prev []T, n int) bool {
	if !kernels.SIMD[T]() || len(dc) == 0 {
		return false
	}
	kernel := kernels.Best(lstmCellBackwardAVX2, lstmCellBackwardAVX512)
	kernel(kernels.Pointer(gates[:5*len(dc)]), kernels.Pointer(dc), kernels.Pointer(dm[:len(dc)]),
		kernels.Pointer(prev[:len(dc)]), len(dc)/n, n)
	return true
}

// lastRow returns the number of rows of n elements of a slice with all elements. It panics unless s has as many rows,
// ld apart, because the kernels trust the bounds.
func lastRow[T kernels.Float](s []T, all, n, ld int) (count int) {
	count = all / n
	checkRows(s, count, n, ld)
	return count
}
