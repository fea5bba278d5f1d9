//go:build !amd64 || noasm

package conv

import (
	"anneal/internal/kernels"
)

func deinterleaveSIMD[T kernels.Float](even, odd, src []T) bool { return false }

func interleaveSIMD[T kernels.Float](dst, even, odd []T, s *rowSet) bool { return false }
