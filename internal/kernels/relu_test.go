package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestReLU(t *testing.T) {
	eachVariant(t, testReLU[float32])
	testReLU[float64](t)
}

func testReLU[T Float](t rapid.TB) {
	r := rand.New(rand.NewPCG(1, 1))
	special := []T{T(math.NaN()), T(math.Inf(-1)), T(math.Inf(1)), 0, -1, 1}
	for n := range 131 {
		x, dy := normal[T](r, n, 0, 1), normal[T](r, n, 0, 1)
		copy(x[n/2:], special)
		y, dx, wantY, wantDX := make([]T, n), make([]T, n), make([]T, n), make([]T, n)
		for i, v := range x {
			wantY[i], wantDX[i] = v, dy[i]
			if v < 0 {
				wantY[i] = 0
			}
			if !(v > 0) {
				wantDX[i] = 0
			}
		}
		ReLU(y, x)
		same(t, "y", y, wantY)
		ReLUBackward(dx, dy, y)
		same(t, "dx", dx, wantDX)
		ReLU(x, x)
		same(t, "y in place", x, wantY)
		ReLUBackward(dy, dy, y)
		same(t, "dx in place", dy, wantDX)
	}
}
