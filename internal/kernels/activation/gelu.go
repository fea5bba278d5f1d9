package activation

import (
	"math"

	"anneal/internal/kernels"
)

// SiLU sets y to x·sigmoid(x). y may be x. It panics unless the lengths are equal.
//
// Hendrycks and Gimpel, 2016, arXiv:1606.08415, section 2; Ramachandran et al., 2017, arXiv:1710.05941, as Swish.
func SiLU[T kernels.Float](y, x []T) {
	if !siluSIMD(y, x) {
		apply("SiLU", y, x, func(v float64) float64 { return v * logistic(v) })
	}
}

// SiLUBackward sets dx to dy·s·(1 + x·(1 − s)), where s = sigmoid(x). dx may be dy. It panics unless the lengths are
// equal.
func SiLUBackward[T kernels.Float](dx, dy, x []T) {
	if !siluBackwardSIMD(dx, dy, x) {
		applySlope("SiLUBackward", dx, dy, x, func(v float64) float64 {
			s := logistic(v)
			return s * (1 + v*(1-s))
		})
	}
}

// GELU sets y to x·Φ(x), where Φ(x) = (1 + erf(x/√2))/2. y may be x. It panics unless the lengths are equal.
//
// Hendrycks and Gimpel, 2016, arXiv:1606.08415.
func GELU[T kernels.Float](y, x []T) {
	if !geluSIMD(y, x) {
		apply("GELU", y, x, func(v float64) float64 { return v * normal(v) })
	}
}

// GELUBackward sets dx to dy·(Φ(x) + x·φ(x)), where φ(x) = exp(−x²/2)/√(2π). dx may be dy. It panics unless the lengths
// are equal.
func GELUBackward[T kernels.Float](dx, dy, x []T) {
	if !geluBackwardSIMD(dx, dy, x) {
		applySlope("GELUBackward", dx, dy, x, func(v float64) float64 {
			return normal(v) + v*math.Exp(-v*v/2)/math.Sqrt(2*math.Pi)
		})
	}
}

// normal returns Φ(v).
func normal(v float64) float64 { return math.Erfc(-v/math.Sqrt2) / 2 }

// GELUTanh sets y to x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2, which is close to GELU. y may be x. It panics unless the
// lengths are equal.
func GELUTanh[T kernels.Float](y, x []T) {
	if !geluTanhSIMD(y, x) {
		apply("GELUTanh", y, x, func(v float64) float64 { return v * logistic(v*(geluSlope+geluCubic*v*v)) })
	}
}

// GELUTanhBackward sets dx to dy·f′(x), where f is GELUTanh. dx may be dy. It panics unless the lengths are equal.
func GELUTanhBackward[T kernels.Float](dx, dy, x []T) {
	if !geluTanhBackwardSIMD(dx, dy, x) {
		applySlope("GELUTanhBackward", dx, dy, x, func(v float64) float64 {
			s := logistic(v * (geluSlope + geluCubic*v*v))
			return s + v*s*(1-s)*(geluSlope+3*geluCubic*v*v)
		})
	}
}

// (1 + tanh u)/2 is sigmoid(2u), so GELUTanh is x·sigmoid(x·(geluSlope + geluCubic·x²)).
const (
	geluSlope = 1.5957691216057307117597842397375 // 2·√(2/π)
	geluCubic = 0.044715 * geluSlope
)

// ToSiLU returns SiLU.
func ToSiLU[T kernels.Float]() Function[T] {
	return Function[T]{SiLU[T], func(dx, dy, x, _ []T) { SiLUBackward(dx, dy, x) }, smooth}
}

// ToGELU returns GELU.
func ToGELU[T kernels.Float]() Function[T] {
	return Function[T]{GELU[T], func(dx, dy, x, _ []T) { GELUBackward(dx, dy, x) }, smooth}
}

// ToGELUTanh returns GELUTanh.
func ToGELUTanh[T kernels.Float]() Function[T] {
	return Function[T]{GELUTanh[T], func(dx, dy, x, _ []T) { GELUTanhBackward(dx, dy, x) }, smooth}
}
