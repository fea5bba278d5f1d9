//go:build !noasm

package conv

import (
	"anneal/internal/kernels"
)

type transformKernel func(dst *float32, to *int32, src *float32, from *int32, n int)

// The kernels by transform. That of the outputs has more parameters.
var transformKernels = [...]transformKernel{
	inputTransform:          transformInputAVX2,
	kernelTransform:         transformKernelAVX2,
	outputGradientTransform: transformOutputGradientAVX2,
	kernelGradientTransform: transformKernelGradientAVX2,
}

// transformSIMD is applyTransform with SIMD kernels. It returns false if there are none for T.
func transformSIMD[T kernels.Float](l transform, dst []T, to places, src []T, from places, n int) bool {
	if !kernels.SIMD[T]() || l == outputTransform {
		return false
	}
	_, _ = dst[to.last+n-1], src[from.last+n-1] // the kernels trust the bounds
	transformKernels[l](kernels.Pointer(dst), &to.at[0], kernels.Pointer(src), &from.at[0], n)
	return true
}

// outputTransformSIMD is applyOutputTransform with a SIMD kernel. It returns false if there is none for T.
func outputTransformSIMD[T kernels.Float](dst []T, to places, src []T, from places, n int, bias []T, lower T) bool {
	if !kernels.SIMD[T]() {
		return false
	}
	_, _ = dst[to.last+n-1], src[from.last+n-1] // the kernels trust the bounds
	transformOutputAVX2(kernels.Pointer(dst), &to.at[0], kernels.Pointer(src), &from.at[0], n, kernels.PointerOrNil(bias),
		float32(lower))
	return true
}
