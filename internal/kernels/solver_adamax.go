package kernels

// Adamax is an update of Adamax; Rate is lr/(1 − β1ᵗ):
//
//	m = Beta1·m + Gain1·g
//	u = max(Beta2·u, |g| + Eps)
//	w = w − Rate·m/u
type Adamax[T Float] struct{ Rate, Beta1, Gain1, Beta2, Eps T }

// Update moves w. It panics unless the lengths are equal.
func (k *Adamax[T]) Update(w, g, m, u []T) {
	checkLen("Adamax", "g", len(g), len(w))
	checkLen("Adamax", "m", len(m), len(w))
	checkLen("Adamax", "u", len(u), len(w))
	for i, x := range g {
		m[i] = k.Beta1*m[i] + k.Gain1*x
		u[i] = max(k.Beta2*u[i], max(x, -x)+k.Eps)
		w[i] -= k.Rate * m[i] / u[i]
	}
}
