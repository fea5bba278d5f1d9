//go:build !amd64 || noasm

package gemm

import (
	"anneal/internal/kernels"
)

func ntSIMD[T kernels.Float](c []T, ldc int, a []T, lda int, b []T, offsets []int32, m, n int, add []T, ldadd int,
	lower T,
) bool {
	return false
}
