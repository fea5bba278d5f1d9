package norm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
	"anneal/internal/kernels/pool"
)

// fusedShapes have windows of every kind that the fused plans treat apart, and planes whose halfVectors fill vectors or
// do not.
func fusedShapes() []pool.Shape {
	shapes := []pool.Shape{
		{N: 2, C: 3, H: 5, W: 7, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
		{N: 2, C: 3, H: 1, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
		{N: 2, C: 3, H: 5, W: 6, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
		{N: 2, C: 3, H: 6, W: 6, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
		{N: 4, C: 5, H: 24, W: 24, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
	}
	for w := 2; w <= 70; w += 2 {
		shapes = append(shapes, pool.Shape{N: 2, C: 5, H: 2 + w%6, W: w, KH: 2, KW: 2, StrideH: 2, StrideW: 2})
	}
	return shapes
}

// TestReLUPool holds the fused passes to the separate ones, in training and in evaluation.
func TestReLUPool(t *testing.T) {
	for _, s := range fusedShapes() {
		kerneltest.EachVariant(t, func(t rapid.TB) { testReLUPool[float32](t, s, 1e-5) })
		testReLUPool[float64](t, s, 1e-13)
	}
}

func testReLUPool[T kernels.Float](t rapid.TB, s pool.Shape, tol float64) {
	r := rand.New(rand.NewPCG(1, uint64(s.W)))
	const eps = 1e-5
	oh, ow := s.Out()
	in, out := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
	for _, ties := range []bool{false, true} {
		x, dy := kerneltest.Normal[T](r, in, 1, 2), kerneltest.Normal[T](r, out, 0, 1)
		if ties {
			for i, v := range x {
				x[i] = T(math.Round(float64(v)))
			}
		}
		gamma, beta, mean, variance := kerneltest.Normal[T](r, s.C, 0, 1), kerneltest.Normal[T](r, s.C, 0, 1),
			kerneltest.Normal[T](r, s.C, 0, 1), make([]T, s.C)
		gamma[0], gamma[1] = -1, 1
		if ties {
			gamma[2], beta[2] = 0, 0.5
		}
		for ch := range variance {
			variance[ch] = T(ch + 1)
		}
		bn, maxPool, fused := NewBatchNorm[T](s.N, s.C, s.H*s.W, eps), pool.NewMax[T](s), NewReLUPool[T](s, eps)
		z, dz, g := make([]T, in), make([]T, in), make([]T, out)
		wantY, y := make([]T, out), make([]T, out)
		wantDX, dx := make([]T, in), make([]T, in)
		wantDG, dg, wantDB, db := make([]T, s.C), make([]T, s.C), make([]T, s.C), make([]T, s.C)
		for _, train := range []bool{true, false} {
			name := fmt.Sprintf("%+v ties %v train %v: ", s, ties, train)
			if train {
				bn.Forward(z, x, gamma, beta)
				fused.Forward(y, x, gamma, beta)
			} else {
				bn.ForwardEval(z, x, gamma, beta, mean, variance)
				fused.ForwardEval(y, x, gamma, beta, mean, variance)
			}
			elementwise.ReLU(z, z)
			maxPool.Forward(wantY, z)
			kerneltest.Near(t, name+"y", y, wantY, 0)
			maxPool.Backward(dz, dy)
			elementwise.ReLUBackward(dz, dz, z)
			if train {
				bn.Backward(wantDX, wantDG, wantDB, dz, x, gamma)
				fused.Backward(dx, dg, db, dy, x, y, gamma, beta)
				kerneltest.Near(t, name+"mean", fused.Mean(), bn.Mean(), 0)
				kerneltest.Near(t, name+"variance", fused.Var(), bn.Var(), 0)
			} else {
				bn.BackwardEval(wantDX, wantDG, wantDB, dz, x, gamma, mean, variance)
				fused.BackwardEval(dx, dg, db, dy, x, y, gamma, beta, mean, variance)
			}
			scale := math.Sqrt(float64(out))
			kerneltest.Near(t, name+"dx", dx, wantDX, tol)
			kerneltest.Near(t, name+"dgamma", dg, wantDG, tol*scale)
			kerneltest.Near(t, name+"dbeta", db, wantDB, tol*scale)
		}
		relu := pool.NewReLUMax[T](s)
		maxPool.Forward(wantY, x)
		elementwise.ReLU(wantY, wantY)
		relu.Forward(y, x)
		kerneltest.Near(t, "ReLUPool y", y, wantY, 0)
		elementwise.ReLUBackward(g, dy, wantY)
		maxPool.Backward(wantDX, g)
		relu.Backward(dx, dy, x, y)
		kerneltest.Near(t, "ReLUPool dx", dx, wantDX, 0)
	}
}

// TestReLUPoolNaN puts a NaN in each place of a window, in each of two windows of a channel that is not measured.
func TestReLUPoolNaN(t *testing.T) { kerneltest.EachVariant(t, testReLUPoolNaN) }

func testReLUPoolNaN(t rapid.TB) {
	s := pool.Shape{N: 1, C: 1, H: 2, W: 4, KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	for _, gamma := range []float32{1, -1, 0} {
		for at := range 8 {
			x := []float32{1, 2, 3, 4, 5, 6, 7, 8}
			x[at] = float32(math.NaN())
			y, want := make([]float32, 2), make([]float32, 2)
			z := make([]float32, 8)
			NewReLUPool[float32](s, 0).ForwardEval(y, x, []float32{gamma}, []float32{9}, []float32{0}, []float32{1})
			NewBatchNorm[float32](1, 1, 8, 0).ForwardEval(z, x, []float32{gamma}, []float32{9}, []float32{0}, []float32{1})
			pool.NewMax[float32](s).Forward(want, z)
			kerneltest.Same(t, "y", y, want)
			pool.NewReLUMax[float32](s).Forward(y, x)
			pool.NewMax[float32](s).Forward(want, x)
			kerneltest.Same(t, "ReLUPool y", y, want)
		}
	}
}

// TestReLUPoolRounding holds the fused passes to the separate ones where unequal values of x round to one: the first of
// them takes the gradient.
func TestReLUPoolRounding(t *testing.T) { kerneltest.EachVariant(t, testReLUPoolRounding) }

func testReLUPoolRounding(t rapid.TB) {
	s := pool.Shape{N: 3, C: 2, H: 24, W: 24, KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	r := rand.New(rand.NewPCG(1, 12))
	in := s.N * s.C * s.H * s.W
	x, dy := kerneltest.Normals[float32](r, in), kerneltest.Normals[float32](r, in/4)
	gamma, beta, mean, variance := []float32{100, -100}, []float32{1e8, 1e8}, []float32{0, 0}, []float32{1, 1}
	bn, maxPool, fused := NewBatchNorm[float32](s.N, s.C, s.H*s.W, 0), pool.NewMax[float32](s), NewReLUPool[float32](s, 0)
	z, wantY, y := make([]float32, in), make([]float32, in/4), make([]float32, in/4)
	bn.ForwardEval(z, x, gamma, beta, mean, variance)
	maxPool.Forward(wantY, z)
	fused.ForwardEval(y, x, gamma, beta, mean, variance)
	kerneltest.Near(t, "y", y, wantY, 0)
	want, dx := make([]float32, in), make([]float32, in)
	maxPool.Backward(z, dy)
	bn.BackwardEval(want, nil, nil, z, x, gamma, mean, variance)
	fused.BackwardEval(dx, nil, nil, dy, x, y, gamma, beta, mean, variance)
	kerneltest.Near(t, "dx", dx, want, 0)
}
