package kernels

// Adagrad is an update of Adagrad:
//
//	sum = sum + g²
//	w = w − Rate·g/(√sum + Eps)
type Adagrad[T Float] struct{ Rate, Eps T }

// Update moves w. It panics unless the lengths are equal.
func (k *Adagrad[T]) Update(w, g, sum []T) {
	checkLen("Adagrad", "g", len(g), len(w))
	checkLen("Adagrad", "sum", len(sum), len(w))
	for i, x := range g {
		sum[i] += x * x
		w[i] -= k.Rate * x / (root(sum[i]) + k.Eps)
	}
}
