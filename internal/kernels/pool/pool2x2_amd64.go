//go:build !noasm

package pool

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

func forward2x2SIMD[T kernels.Float](y, chosen, x []T, maps []elementwise.ScaleShift[T], ch, h, w int) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	for _, a := range maps {
		if !(a.Scale < 0 || a.Scale > 0) {
			return false
		}
	}
	y = y[:len(x)/4]
	if chosen != nil {
		chosen = chosen[:len(y)]
	}
	kernel := kernels.Best(forward2x2AVX2, forward2x2AVX512)
	first, channels := elementwise.ScaleShiftPointer(maps), len(maps)
	if maps == nil {
		first, ch, channels = &identity.Center, 0, 1
	}
	kernel(kernels.Pointer(y), kernels.PointerOrNil(chosen), kernels.Pointer(x), first, ch, channels, len(x)/(h*w), h/2,
		4*w, w/2)
	return true
}

var identity = elementwise.ScaleShift[float32]{Scale: 1}

func backward2x2SIMD[T kernels.Float](dx, dy, x, y []T, maps []elementwise.ScaleShift[T], ch, h, w int) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	dx, y, dy = dx[:len(x)], y[:len(x)/4], dy[:len(x)/4]
	kernel := kernels.Best(backward2x2AVX2, backward2x2AVX512)
	if maps == nil {
		kernel = kernels.Best(unpool2x2AVX2, unpool2x2AVX512)
	}
	kernel(kernels.Pointer(dx), kernels.Pointer(dy), kernels.Pointer(x), kernels.Pointer(y),
		elementwise.ScaleShiftPointer(maps), ch, len(maps), len(x)/(h*w), h/2, 4*w, w/2)
	return true
}
