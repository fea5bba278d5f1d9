//go:build !amd64 || noasm

package conv

import (
	"anneal/internal/kernels"
)

func transformSIMD[T kernels.Float](l transform, dst []T, to places, src []T, from places, n int) bool {
	return false
}

func outputTransformSIMD[T kernels.Float](dst []T, to places, src []T, from places, n int, bias []T, lower T) bool {
	return false
}
