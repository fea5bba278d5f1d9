package elementwise

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestReLU(t *testing.T) {
	kerneltest.EachVariant(t, testReLU[float32])
	testReLU[float64](t)
}

func testReLU[T kernels.Float](t rapid.TB) {
	r := rand.New(rand.NewPCG(1, 1))
	special := []T{T(math.NaN()), T(math.Inf(-1)), T(math.Inf(1)), 0, -1, 1}
	for n := range 131 {
		x, dy := kerneltest.Normal[T](r, n, 0, 1), kerneltest.Normal[T](r, n, 0, 1)
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
		kerneltest.Same(t, "y", y, wantY)
		ReLUBackward(dx, dy, y)
		kerneltest.Same(t, "dx", dx, wantDX)
		ReLU(x, x)
		kerneltest.Same(t, "y in place", x, wantY)
		ReLUBackward(dy, dy, y)
		kerneltest.Same(t, "dx in place", dy, wantDX)
	}
}
