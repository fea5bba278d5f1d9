package elementwise

import (
	"anneal/internal/kernels"
)

// Dropout sets y to x·mask, element by element. A mask holds 0 for a dropped value and 1/(1−p) for a kept one; the same
// call with dy for x gives dx. y may be x. It panics unless the lengths are equal.
func Dropout[T kernels.Float](y, x, mask []T) {
	kernels.CheckLen("Dropout", "y", len(y), len(x))
	kernels.CheckLen("Dropout", "mask", len(mask), len(x))
	if dropoutSIMD(y, x, mask) {
		return
	}
	for i, v := range x {
		y[i] = v * mask[i]
	}
}
