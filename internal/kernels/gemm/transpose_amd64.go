//go:build !noasm

package gemm

import (
	"anneal/internal/kernels"
)

// transposeRows is how many rows the kernel transposes at a time.
const transposeRows = 8

// transposeSIMD is Transpose with a SIMD kernel. It returns false if there is none for T.
func transposeSIMD[T kernels.Float](dst []T, stride int, b []T, offsets []int32, n int) bool {
	if !kernels.SIMD[T]() || n == 0 || len(offsets) == 0 {
		return false
	}
	// The kernel trusts the bounds.
	_ = dst[(n-1)*stride+len(offsets)-1]
	for _, o := range offsets {
		_ = b[o:][:n]
	}
	j := 0
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
