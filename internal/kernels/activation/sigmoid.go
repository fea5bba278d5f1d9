package activation

import (
	"math"

	"anneal/internal/kernels"
)

// Sigmoid sets y to 1/(1 + exp(−x)). y may be x. float32 gives 0 below −87. It panics unless the lengths are equal.
func Sigmoid[T kernels.Float](y, x []T) {
	if !sigmoidSIMD(y, x) {
		apply("Sigmoid", y, x, logistic)
	}
}

// SigmoidBackward sets dx to dy·y·(1 − y) for y = Sigmoid(x). dx may be dy. It panics unless the lengths are equal.
func SigmoidBackward[T kernels.Float](dx, dy, y []T) {
	if !sigmoidBackwardSIMD(dx, dy, y) {
		applySlope("SigmoidBackward", dx, dy, y, func(y float64) float64 { return y * (1 - y) })
	}
}

// Tanh sets y to the hyperbolic tangent of x. y may be x. It panics unless the lengths are equal.
func Tanh[T kernels.Float](y, x []T) {
	if !tanhSIMD(y, x) {
		apply("Tanh", y, x, math.Tanh)
	}
}

// TanhBackward sets dx to dy·(1 − y²) for y = Tanh(x). dx may be dy. It panics unless the lengths are equal.
func TanhBackward[T kernels.Float](dx, dy, y []T) {
	if !tanhBackwardSIMD(dx, dy, y) {
		applySlope("TanhBackward", dx, dy, y, func(y float64) float64 { return 1 - y*y })
	}
}

// ToSigmoid returns Sigmoid.
func ToSigmoid[T kernels.Float]() Function[T] {
	return Function[T]{Sigmoid[T], func(dx, dy, _, y []T) { SigmoidBackward(dx, dy, y) }, smooth}
}

// ToTanh returns Tanh.
func ToTanh[T kernels.Float]() Function[T] {
	return Function[T]{Tanh[T], func(dx, dy, _, y []T) { TanhBackward(dx, dy, y) }, smooth}
}
