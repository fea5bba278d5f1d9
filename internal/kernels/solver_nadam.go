package kernels

// NAdam is an update of NAdam; Correction is 1 − β2ᵗ:
//
//	w = w − (RateG·g + RateM·m)/(√(v/Correction) + Eps)
type NAdam[T Float] struct {
	Moments[T]
	RateG, RateM, Correction, Eps T
}

// Update moves w. It panics unless the lengths are equal.
func (k *NAdam[T]) Update(w, g, m, v []T) {
	checkLen("NAdam", "g", len(g), len(w))
	checkLen("NAdam", "m", len(m), len(w))
	checkLen("NAdam", "v", len(v), len(w))
	for i, x := range g {
		m[i] = k.Beta1*m[i] + k.Gain1*x
		v[i] = k.Beta2*v[i] + k.Gain2*x*x
		d := root(v[i]/k.Correction) + k.Eps
		w[i] = w[i] - k.RateG*x/d - k.RateM*m[i]/d
	}
}
