package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// fusedShapes have windows of every kind that the fused plans treat apart, and planes whose halves fill vectors or do not.
func fusedShapes() []PoolShape {
	shapes := []PoolShape{
		{N: 2, C: 3, H: 5, W: 7, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
		{N: 2, C: 3, H: 1, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
		{N: 2, C: 3, H: 5, W: 6, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
		{N: 2, C: 3, H: 6, W: 6, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
		{N: 4, C: 5, H: 24, W: 24, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
	}
	for w := 2; w <= 70; w += 2 {
		shapes = append(shapes, PoolShape{N: 2, C: 5, H: 2 + w%6, W: w, KH: 2, KW: 2, StrideH: 2, StrideW: 2})
	}
	return shapes
}

// TestNormReLUPool holds the fused passes to the separate ones, in training and in evaluation.
func TestNormReLUPool(t *testing.T) {
	for _, s := range fusedShapes() {
		eachVariant(t, func(t rapid.TB) { testNormReLUPool[float32](t, s, 1e-5) })
		testNormReLUPool[float64](t, s, 1e-13)
	}
}

func testNormReLUPool[T Float](t rapid.TB, s PoolShape, tol float64) {
	r := rand.New(rand.NewPCG(1, uint64(s.W)))
	const eps = 1e-5
	oh, ow := s.Out()
	in, out := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
	for _, ties := range []bool{false, true} {
		x, dy := normal[T](r, in, 1, 2), normal[T](r, out, 0, 1)
		if ties {
			for i, v := range x {
				x[i] = T(math.Round(float64(v)))
			}
		}
		gamma, beta, mean, variance := normal[T](r, s.C, 0, 1), normal[T](r, s.C, 0, 1), normal[T](r, s.C, 0, 1), make([]T, s.C)
		gamma[0], gamma[1] = -1, 1
		if ties {
			gamma[2], beta[2] = 0, 0.5
		}
		for ch := range variance {
			variance[ch] = T(ch + 1)
		}
		norm, pool, fused := NewBatchNorm[T](s.N, s.C, s.H*s.W, eps), NewMaxPool[T](s), NewNormReLUPool[T](s, eps)
		z, dz, g := make([]T, in), make([]T, in), make([]T, out)
		wantY, y := make([]T, out), make([]T, out)
		wantDX, dx := make([]T, in), make([]T, in)
		wantDG, dg, wantDB, db := make([]T, s.C), make([]T, s.C), make([]T, s.C), make([]T, s.C)
		for _, train := range []bool{true, false} {
			name := fmt.Sprintf("%+v ties %v train %v: ", s, ties, train)
			if train {
				norm.Forward(z, x, gamma, beta)
				fused.Forward(y, x, gamma, beta)
			} else {
				norm.ForwardEval(z, x, gamma, beta, mean, variance)
				fused.ForwardEval(y, x, gamma, beta, mean, variance)
			}
			ReLU(z, z)
			pool.Forward(wantY, z)
			near(t, name+"y", y, wantY, 0)
			pool.Backward(dz, dy)
			ReLUBackward(dz, dz, z)
			if train {
				norm.Backward(wantDX, wantDG, wantDB, dz, x, gamma)
				fused.Backward(dx, dg, db, dy, x, y, gamma, beta)
				near(t, name+"mean", fused.Mean(), norm.Mean(), 0)
				near(t, name+"variance", fused.Var(), norm.Var(), 0)
			} else {
				norm.BackwardEval(wantDX, wantDG, wantDB, dz, x, gamma, mean, variance)
				fused.BackwardEval(dx, dg, db, dy, x, y, gamma, beta, mean, variance)
			}
			scale := math.Sqrt(float64(out))
			near(t, name+"dx", dx, wantDX, tol)
			near(t, name+"dgamma", dg, wantDG, tol*scale)
			near(t, name+"dbeta", db, wantDB, tol*scale)
		}
		relu := NewReLUPool[T](s)
		pool.Forward(wantY, x)
		ReLU(wantY, wantY)
		relu.Forward(y, x)
		near(t, "ReLUPool y", y, wantY, 0)
		ReLUBackward(g, dy, wantY)
		pool.Backward(wantDX, g)
		relu.Backward(dx, dy, x, y)
		near(t, "ReLUPool dx", dx, wantDX, 0)
	}
}

// TestNormReLUPoolNaN puts a NaN in each place of a window, in each of two windows of a channel that is not measured.
func TestNormReLUPoolNaN(t *testing.T) { eachVariant(t, testNormReLUPoolNaN) }

func testNormReLUPoolNaN(t rapid.TB) {
	s := PoolShape{N: 1, C: 1, H: 2, W: 4, KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	for _, gamma := range []float32{1, -1, 0} {
		for at := range 8 {
			x := []float32{1, 2, 3, 4, 5, 6, 7, 8}
			x[at] = float32(math.NaN())
			y, want := make([]float32, 2), make([]float32, 2)
			z := make([]float32, 8)
			NewNormReLUPool[float32](s, 0).ForwardEval(y, x, []float32{gamma}, []float32{9}, []float32{0}, []float32{1})
			NewBatchNorm[float32](1, 1, 8, 0).ForwardEval(z, x, []float32{gamma}, []float32{9}, []float32{0}, []float32{1})
			NewMaxPool[float32](s).Forward(want, z)
			same(t, "y", y, want)
			NewReLUPool[float32](s).Forward(y, x)
			NewMaxPool[float32](s).Forward(want, x)
			same(t, "ReLUPool y", y, want)
		}
	}
}

// TestNormReLUPoolRounding holds the fused passes to the separate ones where unequal values of x round to one: the first of
// them takes the gradient.
func TestNormReLUPoolRounding(t *testing.T) { eachVariant(t, testNormReLUPoolRounding) }

func testNormReLUPoolRounding(t rapid.TB) {
	s := PoolShape{N: 3, C: 2, H: 24, W: 24, KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	r := rand.New(rand.NewPCG(1, 12))
	in := s.N * s.C * s.H * s.W
	x, dy := normals[float32](r, in), normals[float32](r, in/4)
	gamma, beta, mean, variance := []float32{100, -100}, []float32{1e8, 1e8}, []float32{0, 0}, []float32{1, 1}
	norm, pool, fused := NewBatchNorm[float32](s.N, s.C, s.H*s.W, 0), NewMaxPool[float32](s), NewNormReLUPool[float32](s, 0)
	z, wantY, y := make([]float32, in), make([]float32, in/4), make([]float32, in/4)
	norm.ForwardEval(z, x, gamma, beta, mean, variance)
	pool.Forward(wantY, z)
	fused.ForwardEval(y, x, gamma, beta, mean, variance)
	near(t, "y", y, wantY, 0)
	want, dx := make([]float32, in), make([]float32, in)
	pool.Backward(z, dy)
	norm.BackwardEval(want, nil, nil, z, x, gamma, mean, variance)
	fused.BackwardEval(dx, nil, nil, dy, x, y, gamma, beta, mean, variance)
	near(t, "dx", dx, want, 0)
}
