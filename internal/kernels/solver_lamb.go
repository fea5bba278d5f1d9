package kernels

// LAMB is an update of LAMB. It takes a second pass over the tensor, since the step's length is measured on the whole of it;
// ScaleM is 1/(1 − β1ᵗ), ScaleV is 1/√(1 − β2ᵗ):
//
//	u = ScaleM·m/(ScaleV·√v + Eps) + L2·w + L1·sign(w)
//	w = w − rate·u,  rate = lr·‖w‖/‖u‖
type LAMB[T Float] struct {
	Moments[T]
	ScaleM, ScaleV, Eps, L2, L1 T
}

// Update moves m and v. It panics unless the lengths are equal.
func (k *LAMB[T]) Update(g, m, v []T) {
	checkLen("LAMB", "m", len(m), len(g))
	checkLen("LAMB", "v", len(v), len(g))
	for i, x := range g {
		m[i] = k.Beta1*m[i] + k.Gain1*x
		v[i] = k.Beta2*v[i] + k.Gain2*x*x
	}
}

// Squares returns Σw² and Σu² of a part of the tensor. It panics unless the lengths are equal.
func (k *LAMB[T]) Squares(w, m, v []T) (weights, updates float64) {
	checkLen("LAMB", "m", len(m), len(w))
	checkLen("LAMB", "v", len(v), len(w))
	for i, x := range w {
		a, u := float64(x), float64(k.direction(x, m[i], v[i]))
		weights += a * a
		updates += u * u
	}
	return weights, updates
}

// Move sets w to w − rate·u. It panics unless the lengths are equal.
func (k *LAMB[T]) Move(w, m, v []T, rate T) {
	checkLen("LAMB", "m", len(m), len(w))
	checkLen("LAMB", "v", len(v), len(w))
	for i, x := range w {
		w[i] -= rate * k.direction(x, m[i], v[i])
	}
}

// direction is one element of u.
func (k *LAMB[T]) direction(w, m, v T) T {
	u := k.ScaleM*m/(k.ScaleV*root(v)+k.Eps) + k.L2*w
	if k.L1 != 0 {
		u += k.L1 * sign(w)
	}
	return u
}
