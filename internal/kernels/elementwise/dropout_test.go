package elementwise

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestDropout(t *testing.T) {
	kerneltest.EachVariant(t, testDropout[float32])
	testDropout[float64](t)
}

func testDropout[T kernels.Float](t rapid.TB) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 131 {
		x, mask, y, want := kerneltest.Normal[T](r, n, 0, 1), make([]T, n), make([]T, n), make([]T, n)
		for i := range x {
			if r.IntN(4) > 0 {
				mask[i] = 1 / T(0.75)
				want[i] = x[i] * mask[i]
			}
		}
		Dropout(y, x, mask)
		kerneltest.Near(t, "y", y, want, 0)
		Dropout(x, x, mask)
		kerneltest.Near(t, "y in place", x, want, 0)
	}
}
