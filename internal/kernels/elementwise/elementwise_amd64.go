//go:build !noasm

package elementwise

import (
	"anneal/internal/kernels"
)

// The functions below run SIMD kernels if there are any for T, and else return false. Their callers have checked the
// lengths.

func reluSIMD[T kernels.Float](y, x []T) bool {
	if !kernels.SIMD[T]() || len(y) == 0 {
		return false
	}
	kernel := kernels.Best(reluAVX2, reluAVX512)
	kernel(kernels.Pointer(y), kernels.Pointer(x), len(y))
	return true
}

func reluBackwardSIMD[T kernels.Float](dx, dy, y []T) bool {
	if !kernels.SIMD[T]() || len(dx) == 0 {
		return false
	}
	kernel := kernels.Best(reluBackwardAVX2, reluBackwardAVX512)
	kernel(kernels.Pointer(dx), kernels.Pointer(dy), kernels.Pointer(y), len(dx))
	return true
}

func dropoutSIMD[T kernels.Float](y, x, mask []T) bool {
	if !kernels.SIMD[T]() || len(y) == 0 {
		return false
	}
	kernel := kernels.Best(multiplyAVX2, multiplyAVX512)
	kernel(kernels.Pointer(y), kernels.Pointer(x), kernels.Pointer(mask), len(y))
	return true
}

func addSIMD[T kernels.Float](y, a, b []T) bool {
	if !kernels.SIMD[T]() || len(y) == 0 {
		return false
	}
	kernel := kernels.Best(addAVX2, addAVX512)
	kernel(kernels.Pointer(y), kernels.Pointer(a), kernels.Pointer(b), len(y))
	return true
}

func exponentialsSIMD[T kernels.Float](e, x []T, top T) bool {
	if !kernels.SIMD[T]() || len(x) == 0 {
		return false
	}
	kernel := kernels.Best(exponentialsAVX2, exponentialsAVX512)
	kernel(kernels.Pointer(e[:len(x)]), kernels.Pointer(x), len(x), float32(top))
	return true
}

func clipScaleSIMD[T kernels.Float](dst, g []T, scale, clip T) bool {
	if !kernels.SIMD[T]() || len(dst) == 0 {
		return false
	}
	kernel := kernels.Best(clipScaleAVX2, clipScaleAVX512)
	kernel(kernels.Pointer(dst), kernels.Pointer(g), len(dst), float32(scale), float32(clip), float32(-clip))
	return true
}

func addScaledSIMD[T kernels.Float](dst, w []T, l2 T) bool {
	if !kernels.SIMD[T]() || len(dst) == 0 {
		return false
	}
	kernel := kernels.Best(addScaledAVX2, addScaledAVX512)
	kernel(kernels.Pointer(dst), kernels.Pointer(w), len(dst), float32(l2))
	return true
}

// sizeSIMD returns the largest size among the first elements of x, whose number it returns too.
func sizeSIMD[T kernels.Float](x []T) (size T, done int) {
	done = len(x) &^ 31
	if !kernels.SIMD[T]() || done == 0 {
		return 0, 0
	}
	var sizes [16]float32          // the kernel for AVX2 writes 8
	if kernels.Best(false, true) { // through Best, sizes would be allocated
		sizesAVX512(&sizes[0], kernels.Pointer(x), done)
	} else {
		sizesAVX2(&sizes[0], kernels.Pointer(x), done)
	}
	for _, s := range sizes {
		if T(s) > size {
			size = T(s)
		}
	}
	return size, done
}

func sgdSIMD[T kernels.Float](k *SGD[T], w, g, v []T) bool {
	if !kernels.SIMD[T]() || len(w) == 0 {
		return false
	}
	rate, momentum, gain := float32(k.Rate), float32(k.Momentum), float32(k.Gain)
	if v == nil {
		kernels.Best(sgdAVX2, sgdAVX512)(kernels.Pointer(w), kernels.Pointer(g), len(w), rate)
		return true
	}
	kernel := kernels.Best(sgdMomentumAVX2, sgdMomentumAVX512)
	if k.Nesterov {
		kernel = kernels.Best(sgdNesterovAVX2, sgdNesterovAVX512)
	}
	kernel(kernels.Pointer(w), kernels.Pointer(g), kernels.Pointer(v), len(w), rate, momentum, gain)
	return true
}

func adamSIMD[T kernels.Float](k *Adam[T], w, g, m, v []T) bool {
	if !kernels.SIMD[T]() || len(w) == 0 {
		return false
	}
	kernel, limit := kernels.Best(adamAVX2, adamAVX512), GradientBound(k.Rate)
	kernel(kernels.Pointer(w), kernels.Pointer(g), kernels.Pointer(m), kernels.Pointer(v), len(w),
		float32(k.Beta1), float32(k.Gain1), float32(k.Beta2), float32(k.Gain2), float32(k.Rate), float32(k.Root),
		float32(k.Eps), float32(limit), -float32(limit))
	return true
}
