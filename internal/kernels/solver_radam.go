package kernels

// RAdam is an update of RAdam; Rate holds lr/(1 − β1ᵗ) and, when Rectified, the rectification and √(1 − β2ᵗ):
//
//	w = w − Rate·m/(√v + Eps) when Rectified, else w − Rate·m
type RAdam[T Float] struct {
	Moments[T]
	Rate, Eps T
	Rectified bool
}

// Update moves w. It panics unless the lengths are equal.
func (k *RAdam[T]) Update(w, g, m, v []T) {
	checkLen("RAdam", "g", len(g), len(w))
	checkLen("RAdam", "m", len(m), len(w))
	checkLen("RAdam", "v", len(v), len(w))
	for i, x := range g {
		m[i] = k.Beta1*m[i] + k.Gain1*x
		v[i] = k.Beta2*v[i] + k.Gain2*x*x
		d := T(1)
		if k.Rectified {
			d = root(v[i]) + k.Eps
		}
		w[i] -= k.Rate * m[i] / d
	}
}
