//go:build !noasm

package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// The functions below run SIMD kernels if there are any for T, and else return false. The kernels do not check lengths,
// so every slice is cut to its length here.

func rowNormSIMD[T kernels.Float](y, x, gamma, beta []T, maps []elementwise.ScaleShift[T], relu bool) bool {
	if !kernels.SIMD[T]() || len(maps) == 0 {
		return false
	}
	size := len(gamma)
	n := len(maps) * size
	kernel := kernels.Best(rowNormAVX2, rowNormAVX512)
	kernel(kernels.Pointer(y[:n]), kernels.Pointer(x[:n]), kernels.Pointer(gamma), kernels.Pointer(beta[:size]),
		elementwise.ScaleShiftPointer(maps), len(maps), size, float32(kernels.LowerBound[T](relu)))
	return true
}

func rowNormReduceSIMD[T kernels.Float](sums []moments, dy, x, gate, gamma []T, maps []elementwise.ScaleShift[T]) bool {
	if !kernels.SIMD[T]() || len(maps) == 0 {
		return false
	}
	n := len(maps) * len(gamma)
	if gate != nil {
		gate = gate[:n]
	}
	kernel := kernels.Best(rowNormReduceAVX2, rowNormReduceAVX512)
	kernel(&sums[:len(maps)][0].first, kernels.Pointer(dy[:n]), kernels.Pointer(x[:n]), kernels.PointerOrNil(gate),
		kernels.Pointer(gamma), elementwise.ScaleShiftPointer(maps), len(maps), len(gamma))
	return true
}

func rowNormBackwardSIMD[T kernels.Float](dx, dgamma, dbeta, dy, x, gate, gamma []T,
	maps []elementwise.ScaleShift[T],
) bool {
	if !kernels.SIMD[T]() || len(maps) == 0 {
		return false
	}
	size := len(gamma)
	n := len(maps) * size
	if gate != nil {
		gate = gate[:n]
	}
	kernel := kernels.Best(rowNormBackwardAVX2, rowNormBackwardAVX512)
	kernel(kernels.Pointer(dx[:n]), kernels.Pointer(dgamma[:size]), kernels.Pointer(dbeta[:size]),
		kernels.Pointer(dy[:n]), kernels.Pointer(x[:n]), kernels.PointerOrNil(gate), kernels.Pointer(gamma),
		elementwise.ScaleShiftPointer(maps), len(maps), size)
	return true
}
