package kernels

// RMSprop is an update of RMSprop. Beta stands for 1 − Alpha:
//
//	square = Alpha·square + Beta·g²
//	mean = Alpha·mean + Beta·g                      centered; else mean is 0
//	d = g/(√(square − mean²) + Eps)
//	v = Momentum·v + d                              with momentum; else v is d
//	w = w − Rate·v
type RMSprop[T Float] struct{ Rate, Alpha, Beta, Eps, Momentum T }

// Update moves w. mean is nil unless centered, v is nil without momentum. It panics unless the lengths are equal.
func (k *RMSprop[T]) Update(w, g, square, mean, v []T) {
	checkLen("RMSprop", "g", len(g), len(w))
	checkLen("RMSprop", "square", len(square), len(w))
	checkLenOrNil("RMSprop", "mean", mean, len(w))
	checkLenOrNil("RMSprop", "v", v, len(w))
	for i, x := range g {
		square[i] = k.Alpha*square[i] + k.Beta*x*x
		variance := square[i]
		if mean != nil {
			mean[i] = k.Alpha*mean[i] + k.Beta*x
			variance -= mean[i] * mean[i]
		}
		d := root(variance) + k.Eps
		if v == nil {
			w[i] -= k.Rate * x / d
			continue
		}
		v[i] = k.Momentum*v[i] + x/d
		w[i] -= k.Rate * v[i]
	}
}
