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

func scaleShiftSIMD[T kernels.Float](
	y, x, other []T, maps []elementwise.ScaleShift[T], ch, size int, relu bool,
) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	lower := float32(math.Inf(-1))
	if relu {
		lower = 0
	}
	kernel := kernels.Best(scaleShiftAVX2, scaleShiftAVX512)
	kernel(kernels.Pointer(y[:len(x)]), kernels.Pointer(x), firstOf(other, len(x)), elementwise.ScaleShiftPointer(maps),
		ch, len(maps), len(x)/size, size, lower)
	return true
}

// firstOf returns a pointer to the first of n elements, or nil if v is nil.
func firstOf[T kernels.Float](v []T, n int) *float32 {
	if v == nil {
		return nil
	}
	return kernels.Pointer(v[:n])
}

func scaleShiftBackwardSIMD[T kernels.Float](
	dx, dy, x, y []T, relu bool, maps []elementwise.ScaleShift[T], ch, size int,
) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	kernel := kernels.Best(scaleShiftBackwardAVX2, scaleShiftBackwardAVX512)
	kernel(kernels.Pointer(dx[:len(x)]), kernels.Pointer(dy[:len(x)]), kernels.Pointer(x), firstOf(y, len(x)), flag(relu),
		elementwise.ScaleShiftPointer(maps), ch, len(maps), len(x)/size, size)
	return true
}

// flag returns 1 if set, else 0.
func flag(set bool) int {
	if set {
		return 1
	}
	return 0
}

func scaleShiftReduceSIMD[T kernels.Float](
	sums []moments, dy, x, y []T, relu bool, maps []elementwise.ScaleShift[T], ch, size int,
) bool {
	if !kernels.SIMD[T]() || len(sums) == 0 {
		return false
	}
	n := len(sums) * size
	kernel := kernels.Best(scaleShiftReduceAVX2, scaleShiftReduceAVX512)
	kernel(&sums[0].first, kernels.Pointer(dy[:n]), kernels.Pointer(x[:n]), firstOf(y, n), flag(relu),
		elementwise.ScaleShiftPointer(maps), ch, len(maps), len(sums), size)
	return true
}

func residualReduceSIMD[T kernels.Float](
	sums []moments, g, dy, more, x, y []T, maps []elementwise.ScaleShift[T], ch, size int,
) bool {
	if !kernels.SIMD[T]() || len(sums) == 0 {
		return false
	}
	n := len(sums) * size
	kernel := kernels.Best(residualReduceAVX2, residualReduceAVX512)
	kernel(&sums[0].first, kernels.Pointer(g[:n]), kernels.Pointer(dy[:n]), firstOf(more, n), kernels.Pointer(x[:n]),
		firstOf(y, n), elementwise.ScaleShiftPointer(maps), ch, len(maps), len(sums), size)
	return true
}
