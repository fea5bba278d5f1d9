//go:build !noasm

package conv

import (
	"anneal/internal/kernels"
)

type transformKernel func(dst *float32, to *int32, src *float32, from *int32, n int)

// By the transform; that of the outputs is apart.
var transformKernels = [...]transformKernel{
	inputTransform:          transformInputAVX2,
	kernelTransform:         transformKernelAVX2,
	outputGradientTransform: transformOutputGradientAVX2,
	kernelGradientTransform: transformKernelGradientAVX2,
}

// transformSIMD is sandwich if there are SIMD kernels for it, and else returns false.
func transformSIMD[T kernels.Float](l transform, dst []T, to places, src []T, from places, n int) bool {
	if !kernels.SIMD[T]() || l == outputTransform {
		return false
	}
	_, _ = dst[to.last+n-1], src[from.last+n-1] // the kernels trust the bounds
	transformKernels[l](kernels.Pointer(dst), &to.at[0], kernels.Pointer(src), &from.at[0], n)
	return true
}

// outputTransformSIMD is sandwichOutput if there are SIMD kernels for it, and else returns false.
func outputTransformSIMD[T kernels.Float](dst []T, to places, src []T, from places, n int, bias []T, lower T) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	_, _ = dst[to.last+n-1], src[from.last+n-1] // the kernels trust the bounds
	transformOutputAVX2(kernels.Pointer(dst), &to.at[0], kernels.Pointer(src), &from.at[0], n, kernels.PointerOrNil(bias), float32(lower))
	return true
}
