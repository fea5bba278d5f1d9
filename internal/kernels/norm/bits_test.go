package norm

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
	"anneal/internal/kernels/pool"
)

// allResults returns all that the plans for normalised layers compute from random numbers.
func allResults(s pool.Shape) []float32 {
	r := rand.New(rand.NewPCG(1, 11))
	oh, ow := s.Out()
	in, out := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
	x, gamma, beta := kerneltest.Normals[float32](r, in), kerneltest.Normals[float32](r, s.C),
		kerneltest.Normals[float32](r, s.C)
	dy := kerneltest.Normals[float32](r, in)
	y, dx, dg, db := kerneltest.NaNs[float32](out), kerneltest.NaNs[float32](in), kerneltest.NaNs[float32](s.C),
		kerneltest.NaNs[float32](s.C)
	fused := NewReLUPool[float32](s, 1e-5)
	fused.Forward(y, x, gamma, beta)
	fused.Backward(dx, dg, db, dy[:out], x, y, gamma, beta)
	all := slices.Concat(y, dx, dg, db)
	y, dx = kerneltest.NaNs[float32](in), kerneltest.NaNs[float32](in)
	bn := NewBatchNorm[float32](s.N, s.C, s.H*s.W, 1e-5)
	bn.Forward(y, x, gamma, beta)
	bn.Backward(dx, dg, db, dy, x, gamma)
	return slices.Concat(all, y, dx, dg, db)
}

var shapes = []pool.Shape{
	{N: 33, C: 10, H: 24, W: 24, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
	{N: 40, C: 20, H: 6, W: 14, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
	{N: 20, C: 11, H: 13, W: 13, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
	{N: 20, C: 11, H: 13, W: 13, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
	{N: 130, C: 301, H: 1, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
}

func TestSameBits(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, s := range shapes {
		var vector []float32
		kernels.EachVariant(func() {
			runtime.GOMAXPROCS(1)
			want := allResults(s)
			for _, n := range []int{2, 3, 64} {
				runtime.GOMAXPROCS(n)
				kerneltest.Same(t, fmt.Sprintf("%+v, %s, %d processors", s, kernels.Variant(), n), allResults(s), want)
			}
			switch kernels.Variant() {
			case "avx2":
				vector = want
			case "avx512":
				kerneltest.Same(t, fmt.Sprintf("%+v, AVX-512", s), want, vector)
			}
		})
	}
}

func TestNoAllocations(t *testing.T) {
	for _, s := range shapes {
		oh, ow := s.Out()
		in, out := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
		x, dx, z, y, dy := make([]float32, in), make([]float32, in), make([]float32, in), make([]float32, out),
			make([]float32, out)
		gamma, beta, mean := make([]float32, s.C), make([]float32, s.C), make([]float32, s.C)
		bn, fused, relu := NewBatchNorm[float32](s.N, s.C, s.H*s.W, 1), NewReLUPool[float32](s, 1),
			pool.NewReLUMax[float32](s)
		maxPool, avg, loss := pool.NewMax[float32](s), pool.NewAverage[float32](s),
			elementwise.NewCrossEntropy[float32](s.N, in/s.N, 0.1)
		labels := make([]int32, s.N)
		step := func() {
			bn.Forward(z, x, gamma, beta)
			bn.Backward(dx, gamma, beta, z, x, gamma)
			bn.ForwardEval(z, x, gamma, beta, mean, gamma)
			fused.Forward(y, x, gamma, beta)
			fused.Backward(dx, gamma, beta, dy, x, y, gamma, beta)
			relu.Forward(y, x)
			relu.Backward(dx, dy, x, y)
			maxPool.Forward(y, x)
			maxPool.Backward(dx, dy)
			avg.Forward(y, x)
			avg.Backward(dx, dy)
			elementwise.ReLU(y, y)
			elementwise.ReLUBackward(dy, dy, y)
			elementwise.Dropout(y, y, dy)
			loss.Forward(x, labels)
			loss.Backward(dx, 1)
		}
		step() // starts the workers
		if got := testing.AllocsPerRun(5, step); got != 0 {
			t.Errorf("%+v: a step makes %v allocations, want none", s, got)
		}
	}
}
