package elementwise

import (
	"math"

	"anneal/internal/kernels"
)

// Moments are the shares of the running means that Adam's family keeps of g and g²:
//
//	m = Beta1·m + Gain1·g
//	v = Beta2·v + Gain2·g²
//
// A gain is 1 minus its beta, rounded once from float64.
type Moments[T kernels.Float] struct{ Beta1, Gain1, Beta2, Gain2 T }

// Adam is an update of Adam; Rate is lr/(1 − β1ᵗ), Root is √(1 − β2ᵗ):
//
//	w = w − Rate·m/(√v/Root + Eps)
//
// Gradients are held to GradientBound, and weights to the largest number of T.
type Adam[T kernels.Float] struct {
	Moments[T]
	Rate, Root, Eps T
}

// Update moves w. With AMSGrad, peak is the largest v so far and takes v's place; else it is nil. It panics unless the
// lengths are equal.
func (k *Adam[T]) Update(w, g, m, v, peak []T) {
	kernels.CheckLen("Adam", "g", len(g), len(w))
	kernels.CheckLen("Adam", "m", len(m), len(w))
	kernels.CheckLen("Adam", "v", len(v), len(w))
	kernels.CheckLenOrNil("Adam", "peak", peak, len(w))
	if peak == nil && adamSIMD(k, w, g, m, v) {
		return
	}
	limit, most := GradientBound(k.Rate), Largest[T]()
	loud := k.Rate > 1e6 || k.Eps < 1e-12 || Size(g) > min(1e12, limit)
	for i, x := range g {
		if loud {
			x = Bound(x, limit, x)
		}
		m[i] = k.Beta1*m[i] + k.Gain1*x
		v[i] = k.Beta2*v[i] + k.Gain2*x*x
		second := v[i]
		if peak != nil {
			peak[i] = max(peak[i], second)
			second = peak[i]
		}
		w[i] -= k.Rate * m[i] / (root(second)/k.Root + k.Eps)
		if loud {
			w[i] = Bound(w[i], most, x)
		}
	}
}

// root is the square root, correctly rounded to T.
func root[T kernels.Float](x T) T { return T(math.Sqrt(float64(x))) }
