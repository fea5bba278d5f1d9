//go:build !noasm

package conv

import (
	"anneal/internal/kernels"
)

// deinterleaveSIMD copies the even and the odd elements of src to even and odd with a SIMD kernel. It returns false if
// there is none for T.
func deinterleaveSIMD[T kernels.Float](even, odd, src []T) bool {
	if !kernels.SIMD[T]() || len(src) < 2 {
		return false
	}
	n := len(src) / 2
	deinterleaveAVX2(kernels.Pointer(even[:n]), kernels.Pointer(odd[:n]), kernels.Pointer(src), n)
	return true
}

// interleaveSIMD is interleave of two phases with a SIMD kernel. It returns false if there is none for T.
func interleaveSIMD[T kernels.Float](dst, even, odd []T, s *rowSet) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	// The kernel trusts the bounds.
	dst = dst[:(s.planes-1)*s.dstPlane+(s.rows-1)*s.dstRow+s.n]
	n := s.n / 2
	length := (s.planes-1)*s.srcPlane + (s.rows-1)*s.srcRow + n
	even, odd = even[:length], odd[:length]
	interleaveAVX2(kernels.Pointer(dst), s.dstPlane, s.dstRow, kernels.Pointer(even), kernels.Pointer(odd), s.srcPlane,
		s.srcRow, s.planes, s.rows, n)
	return true
}
