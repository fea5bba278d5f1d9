//go:build !noasm

package gemm

import (
	"anneal/internal/kernels"
)

// The kernels transpose so many rows at a time. AVX-512 has both, for what is left of rows of the other.
const (
	transposeRows       = 8
	transposeRowsAVX512 = 16
)

// transposeSIMD is Transpose with SIMD kernels. It returns false if there are none for T.
func transposeSIMD[T kernels.Float](dst []T, stride int, b []T, offsets []int32, n int) bool {
	if !kernels.SIMD[T]() || n == 0 || len(offsets) == 0 {
		return false
	}
	// The kernels trust the bounds.
	_ = dst[(n-1)*stride+len(offsets)-1]
	last := uint32(0) // a negative offset is larger than all others
	for _, o := range offsets {
		last = max(last, uint32(o))
	}
	_ = b[last:][:n]
	j := 0
	for most := kernels.Best(0, len(offsets)); j+transposeRowsAVX512 <= most; j += transposeRowsAVX512 {
		transposeAVX512(kernels.Pointer(dst[j:]), stride, kernels.Pointer(b), &offsets[j], n)
	}
	for ; j+transposeRows <= len(offsets); j += transposeRows {
		transposeAVX2(kernels.Pointer(dst[j:]), stride, kernels.Pointer(b), &offsets[j], n)
	}
	for ; j < len(offsets); j++ {
		for k, v := range b[offsets[j]:][:n] {
			dst[k*stride+j] = v
		}
	}
	return true
}
