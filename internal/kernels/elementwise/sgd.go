package elementwise

import (
	"anneal/internal/kernels"
)

// SGD is an update of stochastic gradient descent with momentum (solvers.SGD has the whole of it):
//
//	v = Momentum·v + Gain·g
//	w = w − Rate·v, or with Nesterov w − Rate·(g + Momentum·v)
//
// v and w are held to the largest number of T.
type SGD[T kernels.Float] struct {
	Rate, Momentum, Gain T
	Nesterov             bool
}

// Update moves w. Without momentum v is nil, and w −= Rate·g. It panics unless the lengths are equal.
func (k *SGD[T]) Update(w, g, v []T) {
	kernels.CheckLen("SGD", "g", len(g), len(w))
	kernels.CheckLenOrNil("SGD", "v", v, len(w))
	if sgdSIMD(k, w, g, v) {
		return
	}
	most := Largest[T]()
	switch {
	case v == nil:
		for i, x := range g {
			w[i] = Bound(w[i]-k.Rate*x, most, x)
		}
	case k.Nesterov:
		for i, x := range g {
			v[i] = Bound(k.Momentum*v[i]+k.Gain*x, most, x)
			w[i] = Bound(w[i]-k.Rate*(x+k.Momentum*v[i]), most, x)
		}
	default:
		for i, x := range g {
			v[i] = Bound(k.Momentum*v[i]+k.Gain*x, most, x)
			w[i] = Bound(w[i]-k.Rate*v[i], most, x)
		}
	}
}
