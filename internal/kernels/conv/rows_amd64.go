//go:build !noasm

package conv

import (
	"anneal/internal/kernels"
)

// rowsSIMD is copyRows or addRows with SIMD kernels. It returns false if there are none for T.
func rowsSIMD[T kernels.Float](dst, src []T, s *rowSet, add bool) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	// The kernels trust the bounds.
	dst = dst[:(s.planes-1)*s.dstPlane+(s.rows-1)*s.dstRow+s.n]
	src = src[:(s.planes-1)*s.srcPlane+(s.rows-1)*s.srcRow+s.n]
	kernel := copyRowsAVX2
	if add {
		kernel = addRowsAVX2
	}
	kernel(kernels.Pointer(dst), s.dstPlane, s.dstRow, kernels.Pointer(src), s.srcPlane, s.srcRow, s.planes, s.rows, s.n)
	return true
}
