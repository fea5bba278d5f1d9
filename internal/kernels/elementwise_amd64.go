//go:build !noasm

package kernels

// The functions below run SIMD kernels if there are any for T, and else return false. Their callers have checked the lengths.

func reluSIMD[T Float](y, x []T) bool {
	if !simd[T]() || len(y) == 0 {
		return false
	}
	kernel := reluAVX2
	if active == avx512 {
		kernel = reluAVX512
	}
	kernel(pointer(y), pointer(x), len(y))
	return true
}

func reluBackwardSIMD[T Float](dx, dy, y []T) bool {
	if !simd[T]() || len(dx) == 0 {
		return false
	}
	kernel := reluBackwardAVX2
	if active == avx512 {
		kernel = reluBackwardAVX512
	}
	kernel(pointer(dx), pointer(dy), pointer(y), len(dx))
	return true
}

func dropoutSIMD[T Float](y, x, mask []T) bool {
	if !simd[T]() || len(y) == 0 {
		return false
	}
	kernel := productAVX2
	if active == avx512 {
		kernel = productAVX512
	}
	kernel(pointer(y), pointer(x), pointer(mask), len(y))
	return true
}

func exponentialsSIMD[T Float](e, x []T, top T) bool {
	if !simd[T]() || len(x) == 0 {
		return false
	}
	kernel := exponentialsAVX2
	if active == avx512 {
		kernel = exponentialsAVX512
	}
	kernel(pointer(e[:len(x)]), pointer(x), len(x), float32(top))
	return true
}

func clippedSIMD[T Float](dst, g []T, scale, clip T) bool {
	if !simd[T]() || len(dst) == 0 {
		return false
	}
	kernel := clippedAVX2
	if active == avx512 {
		kernel = clippedAVX512
	}
	kernel(pointer(dst), pointer(g), len(dst), float32(scale), float32(clip), float32(-clip))
	return true
}

func addScaledSIMD[T Float](dst, w []T, l2 T) bool {
	if !simd[T]() || len(dst) == 0 {
		return false
	}
	kernel := addScaledAVX2
	if active == avx512 {
		kernel = addScaledAVX512
	}
	kernel(pointer(dst), pointer(w), len(dst), float32(l2))
	return true
}

func sgdSIMD[T Float](k *SGD[T], w, g, v []T) bool {
	if !simd[T]() || len(w) == 0 {
		return false
	}
	rate, momentum, gain := float32(k.Rate), float32(k.Momentum), float32(k.Gain)
	if v == nil {
		if active == avx512 {
			descendAVX512(pointer(w), pointer(g), len(w), rate)
		} else {
			descendAVX2(pointer(w), pointer(g), len(w), rate)
		}
		return true
	}
	kernel := momentumAVX2
	switch {
	case k.Nesterov && active == avx512:
		kernel = nesterovAVX512
	case k.Nesterov:
		kernel = nesterovAVX2
	case active == avx512:
		kernel = momentumAVX512
	}
	kernel(pointer(w), pointer(g), pointer(v), len(w), rate, momentum, gain)
	return true
}

func adamSIMD[T Float](k *Adam[T], w, g, m, v []T) bool {
	if !simd[T]() || len(w) == 0 {
		return false
	}
	kernel := adamAVX2
	if active == avx512 {
		kernel = adamAVX512
	}
	kernel(pointer(w), pointer(g), pointer(m), pointer(v), len(w),
		float32(k.Beta1), float32(k.Gain1), float32(k.Beta2), float32(k.Gain2), float32(k.Rate), float32(k.Root), float32(k.Eps))
	return true
}
