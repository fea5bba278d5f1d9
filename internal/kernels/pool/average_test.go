package pool

import (
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestAveragePyTorch(t *testing.T) {
	testAveragePyTorch[float32](t, 1e-6)
	testAveragePyTorch[float64](t, 1e-15)
}

func testAveragePyTorch[T kernels.Float](t rapid.TB, tol float64) {
	for _, c := range kerneltest.TorchCases(t, "avgpool") {
		p := NewAverage[T](shapeOf(t, c))
		x, y := kerneltest.Convert[T](c.Inputs["x"]), make([]T, len(c.Output))
		p.Forward(y, x)
		kerneltest.Near(t, "y", y, kerneltest.Convert[T](c.Output), tol)
		p.Backward(x, kerneltest.Convert[T](c.GradOutput))
		kerneltest.Near(t, "dx", x, kerneltest.Convert[T](c.Grads["x"]), tol)
	}
}

// TestAverageAdjoint holds Backward to Forward, which is linear: ⟨Forward(x), dy⟩ = ⟨x, Backward(dy)⟩.
func TestAverageAdjoint(t *testing.T) {
	s := Shape{N: 2, C: 3, H: 7, W: 5, KH: 3, KW: 2, StrideH: 2, StrideW: 1, PadH: 1, PadW: 1}
	oh, ow := s.Out()
	x, dx := make([]float64, 2*3*7*5), make([]float64, 2*3*7*5)
	y, dy := make([]float64, 2*3*oh*ow), make([]float64, 2*3*oh*ow)
	for i := range x {
		x[i] = float64(i%7) - 2
	}
	for i := range dy {
		dy[i] = float64(i%5) - 1
	}
	p := NewAverage[float64](s)
	p.Forward(y, x)
	p.Backward(dx, dy)
	kerneltest.Near(t, "⟨y, dy⟩", []float64{kerneltest.DotProduct(y, dy)}, []float64{kerneltest.DotProduct(x, dx)}, 1e-12)
}
