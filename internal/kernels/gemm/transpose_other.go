//go:build !amd64 || noasm

package gemm

import (
	"anneal/internal/kernels"
)

func transposeSIMD[T kernels.Float](dst []T, stride int, b []T, offsets []int32, n int) bool {
	return false
}
