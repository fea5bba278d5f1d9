//go:build !amd64 || noasm

package kernels

func statisticsSIMD[T Float](sums []moments, x []T, size int) bool { return false }

func affineForwardSIMD[T Float](y, x []T, maps []affine[T], ch, size int, relu bool) bool {
	return false
}

func affineBackwardSIMD[T Float](dx, dy, x, y []T, maps []affine[T], ch, size int) bool {
	return false
}

func affineReduceSIMD[T Float](sums []moments, dy, x, y []T, maps []affine[T], ch, size int) bool {
	return false
}

func halvesForwardSIMD[T Float](y, chosen, x []T, maps []affine[T], ch, h, w int) bool { return false }

func halvesBackwardSIMD[T Float](dx, dy, x, y []T, maps []affine[T], ch, h, w int) bool {
	return false
}
