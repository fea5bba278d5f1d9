//go:build !amd64 || noasm

package conv

import (
	"anneal/internal/kernels"
)

func rowsSIMD[T kernels.Float](dst, src []T, s *rowSet, add bool) bool { return false }
