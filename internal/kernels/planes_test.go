package kernels

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// planesResults are what the passes over planes give for one input.
type planesResults struct {
	y, dx, chosen []float32
	sums          []moments
}

// TestAffine holds the passes of every variant to plain Go, at every size of a plane and every alignment: maps to the bit,
// sums within rounding. The sums of AVX2 and AVX-512 have the same bits.
func TestAffine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	const planes, channels, first = 5, 3, 1
	maps := randomMaps(r, channels)
	for size := 1; size <= 130; size++ {
		n := planes * size
		x, dy, mask := normal[float32](r, n, 3, 1), normals[float32](r, n), normals[float32](r, n)
		for _, relu := range []bool{false, true} {
			compareVariants(t, func(offset int) planesResults {
				got := planesResults{sums: make([]moments, 3*planes)}
				var intact [2]func()
				got.y, intact[0] = guarded[float32](t, n, offset)
				got.dx, intact[1] = guarded[float32](t, n, (offset+3)%8)
				at := func(v []float32, shift int) []float32 {
					s, _ := guarded[float32](t, n, (offset+shift)%8)
					copy(s, v)
					return s
				}
				x, dy, y := at(x, 1), at(dy, 2), at(mask, 5)
				if !relu {
					y = nil
				}
				affineForward(got.y, x, maps, first, size, relu)
				affineBackward(got.dx, dy, x, y, maps, first, size)
				statistics(got.sums[:planes], x, size)
				affineReduce(got.sums[planes:2*planes], dy, x, y, maps, first, size)
				intact[0]()
				intact[1]()
				copy(dy, got.dx)
				return got
			})
		}
	}
}

// TestHalves is TestAffine for planes pooled by 2×2.
func TestHalves(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 10))
	const planes, channels, first = 4, 3, 2
	maps := randomMaps(r, channels)
	for half := 1; half <= 130; half++ {
		h, w := 2+2*(half%3), 2*half
		n := planes * h * w
		x, dy := normal[float32](r, n, 0, 2), normals[float32](r, n/4)
		for i := range x {
			if i%3 > 0 {
				x[i] = float32(int(x[i])) // ties
			}
		}
		for _, m := range [][]affine[float32]{maps, nil} {
			compareVariants(t, func(offset int) planesResults {
				var got planesResults
				var intact [3]func()
				got.y, intact[0] = guarded[float32](t, n/4, offset)
				got.dx, intact[1] = guarded[float32](t, n, (offset+3)%8)
				if m != nil {
					got.chosen, intact[2] = guarded[float32](t, n/4, (offset+5)%8)
				} else {
					intact[2] = func() {}
				}
				x2, _ := guarded[float32](t, n, (offset+1)%8)
				copy(x2, x)
				dy2, _ := guarded[float32](t, n/4, (offset+2)%8)
				copy(dy2, dy)
				halvesForward(got.y, got.chosen, x2, m, first, h, w)
				halvesBackward(got.dx, dy2, x2, got.y, m, first, h, w)
				for _, f := range intact {
					f()
				}
				return got
			})
		}
	}
}

func randomMaps(r *rand.Rand, channels int) []affine[float32] {
	maps := make([]affine[float32], channels)
	for i := range maps {
		v := normals[float32](r, 5)
		maps[i] = affine[float32]{v[0], v[1], v[2], v[3], v[4]}
	}
	maps[0].scale, maps[1].scale = 0.5, -0.5
	return maps
}

// compareVariants runs f with every variant and offset.
func compareVariants(t rapid.TB, f func(offset int) planesResults) {
	t.Helper()
	defer func(v variant) { active = v }(active)
	active = generic
	want := f(0)
	var vector []moments
	for active = generic; active <= bestVariant(); active++ {
		for offset := range 8 {
			got := f(offset)
			near(t, active.String()+" y", got.y, want.y, 0)
			near(t, active.String()+" dx", got.dx, want.dx, 0)
			near(t, active.String()+" chosen", got.chosen, want.chosen, 0)
			for i, s := range got.sums {
				near(t, active.String()+" sums", []float64{s.first, s.second}, []float64{want.sums[i].first, want.sums[i].second}, 1e-5)
			}
			if active == generic {
				continue
			}
			if vector == nil {
				vector = got.sums
			}
			if !slices.Equal(got.sums, vector) {
				t.Fatalf("%v, offset %d: sums %v, want %v", active, offset, got.sums, vector)
			}
		}
	}
}

// normResults returns all that the plans for normalised layers compute from random numbers.
func normResults(s PoolShape) []float32 {
	r := rand.New(rand.NewPCG(1, 11))
	oh, ow := s.Out()
	in, out := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
	x, gamma, beta := normals[float32](r, in), normals[float32](r, s.C), normals[float32](r, s.C)
	dy := normals[float32](r, in)
	y, dx, dg, db := nans[float32](out), nans[float32](in), nans[float32](s.C), nans[float32](s.C)
	fused := NewNormReLUPool[float32](s, 1e-5)
	fused.Forward(y, x, gamma, beta)
	fused.Backward(dx, dg, db, dy[:out], x, y, gamma, beta)
	all := slices.Concat(y, dx, dg, db)
	y, dx = nans[float32](in), nans[float32](in)
	norm := NewBatchNorm[float32](s.N, s.C, s.H*s.W, 1e-5)
	norm.Forward(y, x, gamma, beta)
	norm.Backward(dx, dg, db, dy, x, gamma)
	return slices.Concat(all, y, dx, dg, db)
}

var normShapes = []PoolShape{
	{N: 33, C: 10, H: 24, W: 24, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
	{N: 40, C: 20, H: 6, W: 14, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
	{N: 20, C: 11, H: 13, W: 13, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
	{N: 20, C: 11, H: 13, W: 13, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadH: 1, PadW: 1},
	{N: 130, C: 301, H: 1, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
}

func TestNormSameBits(t *testing.T) {
	defer func(v variant) { active = v }(active)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, s := range normShapes {
		var vector []float32
		for active = generic; active <= bestVariant(); active++ {
			runtime.GOMAXPROCS(1)
			want := normResults(s)
			for _, n := range []int{2, 3, 64} {
				runtime.GOMAXPROCS(n)
				same(t, fmt.Sprintf("%+v, %v, %d processors", s, active, n), normResults(s), want)
			}
			if active == avx2 {
				vector = want
			}
			if active == avx512 {
				same(t, fmt.Sprintf("%+v, AVX-512", s), want, vector)
			}
		}
	}
}

func TestNormNoAllocations(t *testing.T) {
	for _, s := range normShapes {
		oh, ow := s.Out()
		in, out := s.N*s.C*s.H*s.W, s.N*s.C*oh*ow
		x, dx, z, y, dy := make([]float32, in), make([]float32, in), make([]float32, in), make([]float32, out), make([]float32, out)
		gamma, beta, mean := make([]float32, s.C), make([]float32, s.C), make([]float32, s.C)
		norm, fused, relu := NewBatchNorm[float32](s.N, s.C, s.H*s.W, 1), NewNormReLUPool[float32](s, 1), NewReLUPool[float32](s)
		pool, avg, loss := NewMaxPool[float32](s), NewAvgPool[float32](s), NewCrossEntropy[float32](s.N, in/s.N, 0.1)
		labels := make([]int32, s.N)
		step := func() {
			norm.Forward(z, x, gamma, beta)
			norm.Backward(dx, gamma, beta, z, x, gamma)
			norm.ForwardEval(z, x, gamma, beta, mean, gamma)
			fused.Forward(y, x, gamma, beta)
			fused.Backward(dx, gamma, beta, dy, x, y, gamma, beta)
			relu.Forward(y, x)
			relu.Backward(dx, dy, x, y)
			pool.Forward(y, x)
			pool.Backward(dx, dy)
			avg.Forward(y, x)
			avg.Backward(dx, dy)
			ReLU(y, y)
			ReLUBackward(dy, dy, y)
			Dropout(y, y, dy)
			loss.Forward(x, labels)
			loss.Backward(dx, 1)
		}
		step() // starts the workers
		if got := testing.AllocsPerRun(5, step); got != 0 {
			t.Errorf("%+v: a step makes %v allocations, want none", s, got)
		}
	}
}
