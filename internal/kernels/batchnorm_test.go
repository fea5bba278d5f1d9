package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestBatchNormPyTorch(t *testing.T) {
	eachVariant(t, func(t rapid.TB) { testBatchNormPyTorch[float32](t, 2e-5) })
	testBatchNormPyTorch[float64](t, 1e-13)
}

func testBatchNormPyTorch[T Float](t rapid.TB, tol float64) {
	for _, c := range torchCases(t, "batchnorm") {
		var a struct {
			Eps       float64
			Training  bool
			Mean, Var []float64
		}
		c.args(t, &a)
		n, ch := c.Shape[0], c.Shape[1]
		b := NewBatchNorm[T](n, ch, len(c.Output)/(n*ch), a.Eps)
		x, gamma, beta, dy := to[T](c.Inputs["x"]), to[T](c.Inputs["gamma"]), to[T](c.Inputs["beta"]), to[T](c.GradOutput)
		y, dx, dgamma, dbeta := make([]T, len(x)), make([]T, len(x)), make([]T, ch), make([]T, ch)
		if a.Training {
			b.Forward(y, x, gamma, beta)
			b.Backward(dx, dgamma, dbeta, dy, x, gamma)
		} else {
			mean, variance := to[T](a.Mean), to[T](a.Var)
			b.ForwardEval(y, x, gamma, beta, mean, variance)
			b.BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance)
		}
		near(t, "y", y, to[T](c.Output), tol)
		near(t, "dx", dx, to[T](c.Grads["x"]), tol)
		near(t, "dgamma", dgamma, to[T](c.Grads["gamma"]), tol)
		near(t, "dbeta", dbeta, to[T](c.Grads["beta"]), tol)
	}
}

func TestBatchNormFarMean(t *testing.T) { eachVariant(t, testBatchNormFarMean) }

func testBatchNormFarMean(t rapid.TB) {
	for _, c := range torchCases(t, "batchnorm_far_mean_f32") {
		n, ch := c.Shape[0], c.Shape[1]
		b := NewBatchNorm[float32](n, ch, len(c.Output)/(n*ch), 1e-5)
		x, dy := to[float32](c.Inputs["x"]), to[float32](c.GradOutput)
		y, dx, dgamma, dbeta := make([]float32, len(x)), make([]float32, len(x)), make([]float32, ch), make([]float32, ch)
		b.Forward(y, x, nil, nil)
		b.Backward(dx, dgamma, dbeta, dy, x, nil)
		near(t, "y", to[float64](y), c.Output, 1e-5)
		near(t, "dx", to[float64](dx), c.Grads["x"], 1e-5)
		near(t, "dgamma", to[float64](dgamma), c.Grads["gamma"], 1e-5)
		near(t, "dbeta", to[float64](dbeta), c.Grads["beta"], 1e-5)
	}
}

// TestBatchNormStatistics holds the mean and variance of float32 to a two-pass float64 sum, near 0 and far from it, with a first
// image or a first value far from the others.
func TestBatchNormStatistics(t *testing.T) { eachVariant(t, testBatchNormStatistics) }

func testBatchNormStatistics(t rapid.TB) {
	r := rand.New(rand.NewPCG(1, 5))
	const n, c = 3, 2
	for spatial := 1; spatial <= 130; spatial++ {
		for _, mean := range []float64{0, 1, -1e4, 1e6} {
			x := normal[float32](r, n*c*spatial, mean, 1)
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
					t.Fatalf("spatial %d, mean %g: got %v and %v, want %v and %v", spatial, mean, b.Mean()[ch], b.Var()[ch], sum, squares)
				}
			}
		}
	}
}

func TestBatchNormDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	const n, c, spatial = 3, 3, 5
	x, dy := normal[float64](r, n*c*spatial, 2, 3), normal[float64](r, n*c*spatial, 0, 1)
	gamma, beta := []float64{1.5, 0, -0.7}, normal[float64](r, c, 0, 1)
	mean, variance := normal[float64](r, c, 2, 1), []float64{0.5, 2, 3}
	y, dx, dgamma, dbeta := make([]float64, len(x)), make([]float64, len(x)), make([]float64, c), make([]float64, c)
	b := NewBatchNorm[float64](n, c, spatial, 1e-3)
	train := func() float64 { b.Forward(y, x, gamma, beta); return dotProduct(y, dy) }
	eval := func() float64 { b.ForwardEval(y, x, gamma, beta, mean, variance); return dotProduct(y, dy) }
	check := func(f func() float64) {
		t.Helper()
		descend(t, "dx", x, dx, f)
		descend(t, "dgamma", gamma, dgamma, f)
		descend(t, "dbeta", beta, dbeta, f)
	}
	train()
	b.Backward(dx, dgamma, dbeta, dy, x, gamma)
	check(train)
	b.BackwardEval(dx, dgamma, dbeta, dy, x, gamma, mean, variance)
	check(eval)
	train()
	b.Backward(nil, nil, nil, dy, x, gamma) // nothing wanted
}
