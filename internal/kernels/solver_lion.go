package kernels

// Lion is an update of Lion. A gain is 1 minus its beta:
//
//	w = w − Rate·sign(Beta1·m + Gain1·g)
//	m = Beta2·m + Gain2·g
type Lion[T Float] struct {
	Moments[T]
	Rate T
}

// Update moves w. It panics unless the lengths are equal.
func (k *Lion[T]) Update(w, g, m []T) {
	checkLen("Lion", "g", len(g), len(w))
	checkLen("Lion", "m", len(m), len(w))
	for i, x := range g {
		w[i] -= k.Rate * sign(k.Beta1*m[i]+k.Gain1*x)
		m[i] = k.Beta2*m[i] + k.Gain2*x
	}
}
