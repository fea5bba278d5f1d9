package kernels

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestDropout(t *testing.T) {
	eachVariant(t, testDropout[float32])
	testDropout[float64](t)
}

func testDropout[T Float](t rapid.TB) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 131 {
		x, mask, y, want := normal[T](r, n, 0, 1), make([]T, n), make([]T, n), make([]T, n)
		for i := range x {
			if r.IntN(4) > 0 {
				mask[i] = 1 / T(0.75)
				want[i] = x[i] * mask[i]
			}
		}
		Dropout(y, x, mask)
		near(t, "y", y, want, 0)
		Dropout(x, x, mask)
		near(t, "y in place", x, want, 0)
	}
}
