package kernels

// Adadelta is an update of Adadelta. Gain stands for 1 − Rho:
//
//	square = Rho·square + Gain·g²
//	d = √(delta + Eps)/√(square + Eps)·g
//	delta = Rho·delta + Gain·d²
//	w = w − Rate·d
type Adadelta[T Float] struct{ Rate, Rho, Gain, Eps T }

// Update moves w. It panics unless the lengths are equal.
func (k *Adadelta[T]) Update(w, g, square, delta []T) {
	checkLen("Adadelta", "g", len(g), len(w))
	checkLen("Adadelta", "square", len(square), len(w))
	checkLen("Adadelta", "delta", len(delta), len(w))
	for i, x := range g {
		square[i] = k.Rho*square[i] + k.Gain*x*x
		d := root(delta[i]+k.Eps) / root(square[i]+k.Eps) * x
		delta[i] = k.Rho*delta[i] + k.Gain*d*d
		w[i] -= k.Rate * d
	}
}
