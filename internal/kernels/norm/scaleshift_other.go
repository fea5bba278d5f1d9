//go:build !amd64 || noasm

package norm

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

func statisticsSIMD[T kernels.Float](sums []moments, x []T, size int) bool { return false }

func scaleShiftSIMD[T kernels.Float](
	y, x, other []T, maps []elementwise.ScaleShift[T], ch, size int, relu bool,
) bool {
	return false
}

func scaleShiftBackwardSIMD[T kernels.Float](
	dx, dy, x, y []T, relu bool, maps []elementwise.ScaleShift[T], ch, size int,
) bool {
	return false
}

func scaleShiftReduceSIMD[T kernels.Float](
	sums []moments, dy, x, y []T, relu bool, maps []elementwise.ScaleShift[T], ch, size int,
) bool {
	return false
}

func residualReduceSIMD[T kernels.Float](
	sums []moments, g, dy, more, x, y []T, maps []elementwise.ScaleShift[T], ch, size int,
) bool {
	return false
}
