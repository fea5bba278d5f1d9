package kernels

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAvgPoolPyTorch(t *testing.T) {
	testAvgPoolPyTorch[float32](t, 1e-6)
	testAvgPoolPyTorch[float64](t, 1e-15)
}

func testAvgPoolPyTorch[T Float](t rapid.TB, tol float64) {
	for _, c := range torchCases(t, "avgpool") {
		p := NewAvgPool[T](poolShape(t, c))
		x, y := to[T](c.Inputs["x"]), make([]T, len(c.Output))
		p.Forward(y, x)
		near(t, "y", y, to[T](c.Output), tol)
		p.Backward(x, to[T](c.GradOutput))
		near(t, "dx", x, to[T](c.Grads["x"]), tol)
	}
}

// TestAvgPoolAdjoint holds Backward to Forward, which is linear: ⟨Forward(x), dy⟩ = ⟨x, Backward(dy)⟩.
func TestAvgPoolAdjoint(t *testing.T) {
	s := PoolShape{N: 2, C: 3, H: 7, W: 5, KH: 3, KW: 2, StrideH: 2, StrideW: 1, PadH: 1, PadW: 1}
	oh, ow := s.Out()
	x, dx := make([]float64, 2*3*7*5), make([]float64, 2*3*7*5)
	y, dy := make([]float64, 2*3*oh*ow), make([]float64, 2*3*oh*ow)
	for i := range x {
		x[i] = float64(i%7) - 2
	}
	for i := range dy {
		dy[i] = float64(i%5) - 1
	}
	p := NewAvgPool[float64](s)
	p.Forward(y, x)
	p.Backward(dx, dy)
	near(t, "⟨y, dy⟩", []float64{dotProduct(y, dy)}, []float64{dotProduct(x, dx)}, 1e-12)
}
