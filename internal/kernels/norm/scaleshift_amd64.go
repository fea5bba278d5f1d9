//go:build !noasm

package norm

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// The functions below run SIMD kernels if there are any for T, and else return false. The kernels do not check lengths,
// so every slice is cut to its length here.

func statisticsSIMD[T kernels.Float](sums []moments, x []T, size int) bool {
	if !kernels.SIMD[T]() || len(sums) == 0 {
		return false
	}
	x = x[:len(sums)*size]
	// Four elements away from the edges, where padding may make values unlike the others.
	at := func(share int) int { return size * share / 64 * 4 }
	kernel := kernels.Best(statisticsAVX2, statisticsAVX512)
	kernel(&sums[0].first, kernels.Pointer(x), len(sums), size, at(11), at(26), at(41), at(57), 1/float64(size))
	return true
}

func scaleShiftSIMD[T kernels.Float](y, x []T, maps []elementwise.ScaleShift[T], ch, size int, relu bool) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	lower := float32(math.Inf(-1))
	if relu {
		lower = 0
	}
	kernel := kernels.Best(scaleShiftAVX2, scaleShiftAVX512)
	kernel(kernels.Pointer(y[:len(x)]), kernels.Pointer(x), elementwise.ScaleShiftPointer(maps), ch, len(maps),
		len(x)/size, size, lower)
	return true
}

func scaleShiftBackwardSIMD[T kernels.Float](dx, dy, x, y []T, maps []elementwise.ScaleShift[T], ch, size int) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	if y != nil {
		y = y[:len(x)]
	}
	kernel := kernels.Best(scaleShiftBackwardAVX2, scaleShiftBackwardAVX512)
	kernel(kernels.Pointer(dx[:len(x)]), kernels.Pointer(dy[:len(x)]), kernels.Pointer(x), kernels.PointerOrNil(y),
		elementwise.ScaleShiftPointer(maps), ch, len(maps), len(x)/size, size)
	return true
}

func scaleShiftReduceSIMD[T kernels.Float](sums []moments, dy, x, y []T, maps []elementwise.ScaleShift[T], ch,
	size int,
) bool {
	if !kernels.SIMD[T]() || len(sums) == 0 {
		return false
	}
	n := len(sums) * size
	if y != nil {
		y = y[:n]
	}
	kernel := kernels.Best(scaleShiftReduceAVX2, scaleShiftReduceAVX512)
	kernel(&sums[0].first, kernels.Pointer(dy[:n]), kernels.Pointer(x[:n]), kernels.PointerOrNil(y),
		elementwise.ScaleShiftPointer(maps), ch, len(maps), len(sums), size)
	return true
}
