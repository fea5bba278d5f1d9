package norm

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestBatchNormPyTorch(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) { testBatchNormPyTorch[float32](t, 2e-5) })
	testBatchNormPyTorch[float64](t, 1e-13)
}

func testBatchNormPyTorch[T kernels.Float](t rapid.TB, tol float64) {
	for _, c := range kerneltest.TorchCases(t, "batchnorm") {
		var a struct {
			Eps       float64
			Training  bool
			Mean, Var []float64
		}
		c.Arguments(t, &a)
		n, ch := c.Shape[0], c.Shape[1]
		b := NewBatchNorm[T](n, ch, len(c.Output)/(n*ch), a.Eps)
		x, gamma, beta, dy := kerneltest.Convert[T](c.Inputs["x"]), kerneltest.Convert[T](c.Inputs["gamma"]),
			kerneltest.Convert[T](c.Inputs["beta"]), kerneltest.Convert[T](c.GradOutput)
		y, dx, dgamma, dbeta := make([]T, len(x)), make([]T, len(x)), make([]T, ch), make([]T, ch)
		if a.Training {
			b.Forward(y, x, gamma, beta)
			b.Backward(dx, dgamma, dbeta, dy, x, gamma)
		} else {
			mean, variance := kerneltest.Convert[T](a.Mean), kerneltest.Convert[T](a.Var)
			b.ForwardEval(y, x, gamma, beta, mean, variance)
			b.BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance)
		}
		kerneltest.Near(t, "y", y, kerneltest.Convert[T](c.Output), tol)
		kerneltest.Near(t, "dx", dx, kerneltest.Convert[T](c.Grads["x"]), tol)
		kerneltest.Near(t, "dgamma", dgamma, kerneltest.Convert[T](c.Grads["gamma"]), tol)
		kerneltest.Near(t, "dbeta", dbeta, kerneltest.Convert[T](c.Grads["beta"]), tol)
	}
}

func TestBatchNormFarMean(t *testing.T) { kerneltest.EachVariant(t, testBatchNormFarMean) }

func testBatchNormFarMean(t rapid.TB) {
	for _, c := range kerneltest.TorchCases(t, "batchnorm_far_mean_f32") {
		n, ch := c.Shape[0], c.Shape[1]
		b := NewBatchNorm[float32](n, ch, len(c.Output)/(n*ch), 1e-5)
		x, dy := kerneltest.Convert[float32](c.Inputs["x"]), kerneltest.Convert[float32](c.GradOutput)
		y, dx, dgamma, dbeta := make([]float32, len(x)), make([]float32, len(x)), make([]float32, ch), make([]float32, ch)
		b.Forward(y, x, nil, nil)
		b.Backward(dx, dgamma, dbeta, dy, x, nil)
		kerneltest.Near(t, "y", kerneltest.Convert[float64](y), c.Output, 1e-5)
		kerneltest.Near(t, "dx", kerneltest.Convert[float64](dx), c.Grads["x"], 1e-5)
		kerneltest.Near(t, "dgamma", kerneltest.Convert[float64](dgamma), c.Grads["gamma"], 1e-5)
		kerneltest.Near(t, "dbeta", kerneltest.Convert[float64](dbeta), c.Grads["beta"], 1e-5)
	}
}

// TestBatchNormStatistics holds the mean and variance of float32 to a two-pass float64 sum, near 0 and far from it,
// with a first image or a first value far from the others.
func TestBatchNormStatistics(t *testing.T) { kerneltest.EachVariant(t, testBatchNormStatistics) }

func testBatchNormStatistics(t rapid.TB) {
	r := rand.New(rand.NewPCG(1, 5))
	const n, c = 3, 2
	for spatial := 1; spatial <= 130; spatial++ {
		for _, mean := range []float64{0, 1, -1e4, 1e6} {
			x := kerneltest.Normal[float32](r, n*c*spatial, mean, 1)
			switch spatial % 3 {
			case 1:
				clear(x[:c*spatial])
			case 2:
				x[0], x[spatial] = 0, 0
			}
			b := NewBatchNorm[float32](n, c, spatial, 1e-5)
			b.norm.batch(x, nil, nil)
			for ch := range c {
				var sum, squares float64
				for i, v := range x {
					if i/spatial%c == ch {
						sum += float64(v)
					}
				}
				sum /= n * float64(spatial)
				for i, v := range x {
					if i/spatial%c == ch {
						squares += (float64(v) - sum) * (float64(v) - sum)
					}
				}
				squares /= n * float64(spatial)
				if !(math.Abs(b.Mean()[ch]-sum) <= 1e-6*math.Sqrt(squares)) || !(math.Abs(b.Var()[ch]-squares) <= 1e-5*squares) {
					t.Fatalf("spatial %d, mean %g: got %v and %v, want %v and %v", spatial, mean, b.Mean()[ch], b.Var()[ch], sum,
						squares)
				}
			}
		}
	}
}

func TestBatchNormDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	const n, c, spatial = 3, 3, 5
	x, dy := kerneltest.Normal[float64](r, n*c*spatial, 2, 3), kerneltest.Normal[float64](r, n*c*spatial, 0, 1)
	gamma, beta := []float64{1.5, 0, -0.7}, kerneltest.Normal[float64](r, c, 0, 1)
	mean, variance := kerneltest.Normal[float64](r, c, 2, 1), []float64{0.5, 2, 3}
	y, dx, dgamma, dbeta := make([]float64, len(x)), make([]float64, len(x)), make([]float64, c), make([]float64, c)
	b := NewBatchNorm[float64](n, c, spatial, 1e-3)
	train := func() float64 { b.Forward(y, x, gamma, beta); return kerneltest.DotProduct(y, dy) }
	eval := func() float64 { b.ForwardEval(y, x, gamma, beta, mean, variance); return kerneltest.DotProduct(y, dy) }
	check := func(f func() float64) {
		t.Helper()
		kerneltest.Differences(t, "dx", x, dx, f)
		kerneltest.Differences(t, "dgamma", gamma, dgamma, f)
		kerneltest.Differences(t, "dbeta", beta, dbeta, f)
	}
	train()
	b.Backward(dx, dgamma, dbeta, dy, x, gamma)
	check(train)
	b.BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance)
	check(eval)
	train()
	b.Backward(nil, nil, nil, dy, x, gamma) // nothing wanted
}
