package kernels

import "math"

// SolverGradient sets dst to the gradient that a solver works on: g clipped by value, scaled, and with the penalties' gradients
// added,
//
//	dst = scale·min(max(g, −clip), clip) + l2·w + l1·Sign(w)
//
// clip is +Inf for none. It panics unless the lengths are equal.
func SolverGradient[T Float](dst, g, w []T, scale, clip, l2, l1 T) {
	checkLen("SolverGradient", "g", len(g), len(dst))
	checkLen("SolverGradient", "w", len(w), len(dst))
	clipped(dst, g, scale, clip)
	if l2 != 0 && !addScaledSIMD(dst, w, l2) {
		for i, v := range w {
			dst[i] += l2 * v
		}
	}
	if l1 != 0 {
		for i, v := range w {
			dst[i] += l1 * Sign(v)
		}
	}
}

// clipped sets dst to scale·min(max(g, −clip), clip).
func clipped[T Float](dst, g []T, scale, clip T) {
	if clippedSIMD(dst, g, scale, clip) {
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

// SolverDecay shrinks weights apart from their gradient: w = keep·w − l1·Sign(w).
func SolverDecay[T Float](w []T, keep, l1 T) {
	if l1 == 0 {
		clipped(w, w, keep, T(math.Inf(1)))
		return
	}
	for i, v := range w {
		w[i] = keep*v - l1*Sign(v)
	}
}

// SumSquares returns Σ min(max(x, −clip), clip)² in float64, in four interleaved sums: the same bits on every machine.
func SumSquares[T Float](x []T, clip T) float64 {
	var s [4]float64
	for i, v := range x {
		d := float64(min(max(v, -clip), clip))
		s[i%4] += d * d
	}
	return (s[0] + s[1]) + (s[2] + s[3])
}

// Sign returns −1, 0 or 1, and NaN for NaN.
func Sign[T Float](x T) T {
	if x == 0 || x != x {
		return x
	}
	return T(math.Copysign(1, float64(x)))
}

// root is the square root, correctly rounded to T.
func root[T Float](x T) T { return T(math.Sqrt(float64(x))) }
