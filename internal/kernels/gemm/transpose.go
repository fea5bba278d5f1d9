package gemm

import (
	"anneal/internal/kernels"
)

// Transpose copies n elements of each of b's rows, which start at offsets, to the columns of dst, whose rows are stride
// elements apart:
//
//	dst[k·stride + j] = b[offsets[j] + k]   for 0 ≤ k < n
func Transpose[T kernels.Float](dst []T, stride int, b []T, offsets []int32, n int) {
	if transposeSIMD(dst, stride, b, offsets, n) {
		return
	}
	for j, o := range offsets {
		for k, v := range b[o:][:n] {
			dst[k*stride+j] = v
		}
	}
}
