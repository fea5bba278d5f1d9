//go:build !amd64 || noasm

package gemm

import (
	"anneal/internal/kernels"
)

func nnSIMD[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, table []Pair, m, n int, rowBias, colBias []T,
	lower T, add bool,
) bool {
	return false
}
