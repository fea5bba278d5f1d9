package elementwise

import (
	"math"

	"anneal/internal/kernels"
)

// Gradient sets dst to the gradient that a solver works on: g clipped by value, scaled, and with the penalties'
// gradients added,
//
//	dst = scale·min(max(g, −clip), clip) + l2·w + l1·Sign(w)
//
// at most the largest number of T in size. scale is at most 1 in size;
// clip is +Inf for none. It panics unless the lengths are equal.
func Gradient[T kernels.Float](dst, g, w []T, scale, clip, l2, l1 T) {
	kernels.CheckLen("SolverGradient", "g", len(g), len(dst))
	kernels.CheckLen("SolverGradient", "w", len(w), len(dst))
	clipScale(dst, g, scale, clip)
	if l2 != 0 && !addScaledSIMD(dst, w, l2) {
		most := Largest[T]()
		for i, v := range w {
			dst[i] = Bound(dst[i]+l2*v, most, dst[i])
		}
	}
	if l1 != 0 {
		for i, v := range w {
			dst[i] = Bound(dst[i]+l1*Sign(v), Largest[T](), dst[i])
		}
	}
}

// clipScale sets dst to scale·min(max(g, −clip), clip).
func clipScale[T kernels.Float](dst, g []T, scale, clip T) {
	if clipScaleSIMD(dst, g, scale, clip) {
		return
	}
	if math.IsInf(float64(clip), 1) {
		for i, v := range g {
			dst[i] = scale * v
		}
		return
	}
	for i, v := range g {
		dst[i] = scale * min(max(v, -clip), clip)
	}
}

// Decay shrinks weights apart from their gradient: w = keep·w − l1·Sign(w), at most the largest number of T in size.
func Decay[T kernels.Float](w []T, keep, l1 T) {
	if l1 == 0 && keep >= -1 && keep <= 1 {
		clipScale(w, w, keep, T(math.Inf(1)))
		return
	}
	for i, v := range w {
		w[i] = Bound(keep*v-l1*Sign(v), Largest[T](), v)
	}
}

// SumSquares returns Σ min(max(x, −clip), clip)² in float64, in four interleaved sums: the same bits on every machine.
func SumSquares[T kernels.Float](x []T, clip T) float64 {
	var s [4]float64
	for i, v := range x {
		d := float64(min(max(v, -clip), clip))
		s[i%4] += d * d
	}
	return (s[0] + s[1]) + (s[2] + s[3])
}

// Sign returns −1, 0 or 1, and NaN for NaN.
func Sign[T kernels.Float](x T) T {
	if x == 0 || x != x {
		return x
	}
	return T(math.Copysign(1, float64(x)))
}
