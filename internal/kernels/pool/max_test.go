package pool

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// shapeOf returns the geometry of a PyTorch case.
func shapeOf(t rapid.TB, c kerneltest.TorchCase) Shape {
	var a struct{ Kernel, Stride, Padding int }
	c.Arguments(t, &a)
	return Shape{
		N: c.Shape[0], C: c.Shape[1], H: c.Shape[2], W: c.Shape[3],
		KH: a.Kernel, KW: a.Kernel, StrideH: a.Stride, StrideW: a.Stride, PadH: a.Padding, PadW: a.Padding,
	}
}

func TestMaxPyTorch(t *testing.T) {
	testMaxPyTorch[float32](t, 1e-6)
	testMaxPyTorch[float64](t, 1e-15)
}

func testMaxPyTorch[T kernels.Float](t rapid.TB, tol float64) {
	for _, c := range kerneltest.TorchCases(t, "maxpool") {
		p := NewMax[T](shapeOf(t, c))
		x, y := kerneltest.Convert[T](c.Inputs["x"]), make([]T, len(c.Output))
		p.Forward(y, x)
		kerneltest.Near(t, "y", y, kerneltest.Convert[T](c.Output), 0)
		p.Backward(x, kerneltest.Convert[T](c.GradOutput))
		kerneltest.Near(t, "dx", x, kerneltest.Convert[T](c.Grads["x"]), tol)
	}
}

// TestMaxEdges holds windows of one value, of −Inf, with a NaN, and of nothing but padding.
func TestMaxEdges(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name     string
		s        Shape
		x, y, dx []float64
	}{
		{
			"ties",
			Shape{N: 1, C: 1, H: 2, W: 4, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
			[]float64{3, 3, 1, 2, 3, 3, 2, 2},
			[]float64{3, 2},
			[]float64{1, 0, 0, 1, 0, 0, 0, 0},
		},
		{
			"all −Inf",
			Shape{N: 1, C: 1, H: 2, W: 2, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
			[]float64{-inf, -inf, -inf, -inf},
			[]float64{-inf},
			[]float64{1, 0, 0, 0},
		},
		{
			"NaN first",
			Shape{N: 1, C: 1, H: 1, W: 3, KH: 1, KW: 3, StrideH: 1, StrideW: 1},
			[]float64{nan, inf, 1},
			[]float64{nan},
			[]float64{1, 0, 0},
		},
		{
			"NaN last",
			Shape{N: 1, C: 1, H: 1, W: 3, KH: 1, KW: 3, StrideH: 1, StrideW: 1},
			[]float64{2, 1, nan},
			[]float64{nan},
			[]float64{0, 0, 1},
		},
		{
			"overlapping",
			Shape{N: 1, C: 1, H: 1, W: 4, KH: 1, KW: 2, StrideH: 1, StrideW: 1},
			[]float64{1, 5, 2, 0},
			[]float64{5, 5, 2},
			[]float64{0, 2, 1, 0},
		},
		{
			"only padding",
			Shape{N: 1, C: 1, H: 1, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 2, PadW: 2},
			[]float64{7},
			[]float64{-inf, 7, -inf},
			[]float64{1},
		},
	} {
		p := NewMax[float64](c.s)
		y, dx := make([]float64, len(c.y)), make([]float64, len(c.x))
		p.Forward(y, c.x)
		kerneltest.Same(t, c.name+": y", y, c.y)
		for i := range y {
			y[i] = 1
		}
		p.Backward(dx, y)
		kerneltest.Same(t, c.name+": dx", dx, c.dx)
	}
}

func TestMaxDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	s := Shape{N: 2, C: 3, H: 7, W: 5, KH: 3, KW: 2, StrideH: 2, StrideW: 1, PadH: 1, PadW: 1}
	oh, ow := s.Out()
	x, dx := kerneltest.Normal[float64](r, 2*3*7*5, 0, 1), make([]float64, 2*3*7*5)
	y, dy := make([]float64, 2*3*oh*ow), kerneltest.Normal[float64](r, 2*3*oh*ow, 0, 1)
	p := NewMax[float64](s)
	p.Forward(y, x)
	p.Backward(dx, dy)
	kerneltest.Differences(t, "dx", x, dx, func() float64 { p.Forward(y, x); return kerneltest.DotProduct(y, dy) })
}
