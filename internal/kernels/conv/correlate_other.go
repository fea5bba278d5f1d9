//go:build !amd64 || noasm

package conv

import (
	"anneal/internal/kernels"
)

func correlateSIMD[T kernels.Float](dx, dw, x, w, dy []T, origin int, offsets []int32, n int, resume bool) bool {
	return false
}
