// Package elementwise computes what goes over slices element by element: ReLU, dropout, the softmax of cross-entropy,
// the gradient's clipping and penalties, and the updates of SGD and Adam. Updates round each operation separately, as
// Go does on amd64.
package elementwise

import (
	"anneal/internal/kernels"
)

// ReLU sets y to max(0, x). NaN stays NaN; −Inf gives 0. y may be x. It panics unless the lengths are equal.
func ReLU[T kernels.Float](y, x []T) {
	kernels.CheckLen("ReLU", "y", len(y), len(x))
	if reluSIMD(y, x) {
		return
	}
	for i, v := range x {
		y[i] = max(v, 0)
	}
}

// ReLUBackward sets dx to dy where y = ReLU(x) is above 0, and to 0 elsewhere. dx may be dy. It panics unless the
// lengths are equal.
func ReLUBackward[T kernels.Float](dx, dy, y []T) {
	kernels.CheckLen("ReLUBackward", "dy", len(dy), len(dx))
	kernels.CheckLen("ReLUBackward", "y", len(y), len(dx))
	if reluBackwardSIMD(dx, dy, y) {
		return
	}
	for i, v := range y {
		g := dy[i]
		if !(v > 0) {
			g = 0
		}
		dx[i] = g
	}
}
