package activation

import (
	"math"

	"anneal/internal/kernels"
)

// pointwise returns a function that is computed in float64 from f and its slope.
func pointwise[T kernels.Float](name string, f, slope func(float64) float64) Function[T] {
	return Function[T]{
		Cost:     plain,
		Forward:  func(y, x []T) { apply(name, y, x, f) },
		Backward: func(dx, dy, x, _ []T) { applySlope(name+"'s gradient", dx, dy, x, slope) },
	}
}

// ELU returns x where x > 0, and alpha·(exp(x) − 1) elsewhere.
//
// Clevert et al., 2015, arXiv:1511.07289.
func ELU[T kernels.Float](alpha float64) Function[T] { return elu[T]("ELU", alpha, 1) }

// SELU returns scale·ELU(x) with the scale and the alpha that keep mean 0 and variance 1.
//
// Klambauer et al., Self-Normalizing Neural Networks, 2017, arXiv:1706.02515.
func SELU[T kernels.Float]() Function[T] {
	return elu[T]("SELU", 1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
}

// elu returns scale·ELU(x).
func elu[T kernels.Float](name string, alpha, scale float64) Function[T] {
	inGo := pointwise[T](name,
		func(v float64) float64 {
			if v > 0 {
				return scale * v
			}
			return scale * alpha * math.Expm1(v)
		},
		func(v float64) float64 {
			if v > 0 {
				return scale
			}
			return scale * alpha * math.Exp(v)
		})
	return orSIMD(inGo,
		func(y, x []T) bool { return eluSIMD(y, x, scale, scale*alpha) },
		func(dx, dy, x []T) bool { return eluBackwardSIMD(dx, dy, x, scale, scale*alpha) })
}

// orSIMD returns f with SIMD kernels in front. They return false where there are none, and f runs then.
func orSIMD[T kernels.Float](
	f Function[T], forward func(y, x []T) bool, backward func(dx, dy, x []T) bool,
) Function[T] {
	return Function[T]{
		Cost: smooth,
		Forward: func(y, x []T) {
			if !forward(y, x) {
				f.Forward(y, x)
			}
		},
		Backward: func(dx, dy, x, y []T) {
			if !backward(dx, dy, x) {
				f.Backward(dx, dy, x, y)
			}
		},
	}
}

// Softplus returns log(1 + exp(beta·x))/beta, and x where beta·x > threshold.
//
// Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2000.
func Softplus[T kernels.Float](beta, threshold float64) Function[T] {
	return pointwise[T]("Softplus",
		func(v float64) float64 {
			if beta*v > threshold {
				return v
			}
			return softplus(beta*v) / beta
		},
		func(v float64) float64 {
			if beta*v > threshold {
				return 1
			}
			return logistic(beta * v)
		})
}

// softplus returns log(1 + exp(v)), which is v + log(1 + exp(−v)).
func softplus(v float64) float64 {
	if v > 0 {
		return v + math.Log1p(math.Exp(-v))
	}
	return math.Log1p(math.Exp(v))
}

// Mish returns x·tanh(log(1 + exp(x))).
//
// Misra, 2019, arXiv:1908.08681.
func Mish[T kernels.Float]() Function[T] {
	inGo := pointwise[T]("Mish",
		func(v float64) float64 { return v * math.Tanh(softplus(v)) },
		func(v float64) float64 {
			t := math.Tanh(softplus(v))
			return t + v*logistic(v)*(1-t*t)
		})
	return orSIMD(inGo, mishSIMD[T], mishBackwardSIMD[T])
}
