package norm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"anneal/internal/kernels/kerneltest"
	"anneal/internal/kernels/pool"
)

// TestRenormalise compares batch renormalization, alone and with ReLU, with BatchNorm whose gamma and beta do the same,
// and r and d with their definitions: clipped above, below and not at all.
func TestRenormalise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 21))
	const n, c, spatial, eps, rMax, dMax = 4, 3, 6, 1e-3, 2, 0.5
	x, dy := kerneltest.Normal[float64](r, n*c*spatial, 1, 2), kerneltest.Normals[float64](r, n*c*spatial)
	gamma, beta := []float64{1.5, 0.5, -0.7}, kerneltest.Normals[float64](r, c)
	mean, variance := []float64{0.9, -30, 7}, []float64{3, 0.01, 1000}
	shape := pool.Shape{N: n, C: c, H: spatial, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1}
	for _, relu := range []bool{false, true} {
		plan := func(int) Batch[float64] { return Alone[float64]{NewBatchNorm[float64](n, c, spatial, eps)} }
		if relu {
			plan = func(int) Batch[float64] { return NewReLUPool[float64](shape, eps) }
		}
		got, plain := plan(n), plan(n)
		y, dx, dgamma, dbeta := make([]float64, len(x)), make([]float64, len(x)), make([]float64, c), make([]float64, c)
		got.Renormalise(rMax, dMax, mean, variance)
		got.Forward(y, x, gamma, beta)
		got.Backward(dx, dgamma, dbeta, dy, x, y, gamma, beta)

		plain.Forward(make([]float64, len(x)), x, nil, nil)
		var rs, ds, g, s [c]float64
		plain.Statistics(func(_ int, m, v []float64) {
			for ch := range m {
				running := math.Sqrt(variance[ch] + eps)
				rs[ch] = min(max(math.Sqrt(v[ch]+eps)/running, 1./rMax), rMax)
				ds[ch] = min(max((m[ch]-mean[ch])/running, -dMax), dMax)
				g[ch], s[ch] = gamma[ch]*rs[ch], beta[ch]+gamma[ch]*ds[ch]
			}
		})
		clipped := rs[1] == rMax && rs[2] == 1./rMax && ds[1] == dMax
		if !clipped || rs[0] >= rMax || rs[0] <= 1./rMax || math.Abs(ds[0]) >= dMax {
			t.Fatalf("r %v and d %v: want some that are clipped and some that are not", rs, ds)
		}
		wantY, wantDX, dg, db := make([]float64, len(x)), make([]float64, len(x)), make([]float64, c), make([]float64, c)
		plain.Forward(wantY, x, g[:], s[:])
		plain.Backward(wantDX, dg, db, dy, x, wantY, g[:], s[:])
		for ch := range dg {
			dg[ch] = rs[ch]*dg[ch] + ds[ch]*db[ch]
		}
		kerneltest.Near(t, "y", y, wantY, 1e-14)
		kerneltest.Near(t, "dx", dx, wantDX, 1e-14)
		kerneltest.Near(t, "dgamma", dgamma, dg, 1e-13)
		kerneltest.Near(t, "dbeta", dbeta, db, 1e-14)

		// r between 1 and 1 and d between 0 and 0 are BatchNorm.
		got.Renormalise(1, 0, mean, variance)
		got.Forward(y, x, gamma, beta)
		plain.Forward(wantY, x, gamma, beta)
		kerneltest.Same(t, "y without a correction", y, wantY)
	}
}

// TestGhost compares virtual batches with batches of their own.
func TestGhost(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 22))
	const n, c, spatial = 11, 3, 5
	x, dy := kerneltest.Normal[float64](r, n*c*spatial, 1, 2), kerneltest.Normals[float64](r, n*c*spatial)
	gamma, beta := kerneltest.Normals[float64](r, c), kerneltest.Normals[float64](r, c)
	plan := func(n int) Batch[float64] { return Alone[float64]{NewBatchNorm[float64](n, c, spatial, 1e-3)} }
	for _, size := range []int{1, 2, 4, 5, 6, 11, 100} {
		y, dx, dgamma, dbeta := make([]float64, len(x)), make([]float64, len(x)), make([]float64, c), make([]float64, c)
		ghost := NewGhost(n, c, size, plan)
		ghost.Forward(y, x, gamma, beta)
		ghost.Backward(dx, dgamma, dbeta, dy, x, y, gamma, beta)
		var sizes []int
		ghost.Statistics(func(values int, _, _ []float64) { sizes = append(sizes, values/spatial) })
		if len(sizes) != max(1, n/size) || slices.Min(sizes) < min(size, n) || slices.Max(sizes)-slices.Min(sizes) > 1 {
			t.Errorf("size %d: virtual batches of %v samples", size, sizes)
		}
		wantDG, wantDB, from := make([]float64, c), make([]float64, c), 0
		for _, m := range sizes {
			part := func(v []float64) []float64 { return v[from*c*spatial:][:m*c*spatial] }
			wantY, wantDX := make([]float64, m*c*spatial), make([]float64, m*c*spatial)
			dg, db := make([]float64, c), make([]float64, c)
			p := plan(m)
			p.Forward(wantY, part(x), gamma, beta)
			p.Backward(wantDX, dg, db, part(dy), part(x), wantY, gamma, beta)
			kerneltest.Same(t, "y", part(y), wantY)
			kerneltest.Same(t, "dx", part(dx), wantDX)
			for ch := range dg {
				wantDG[ch] += dg[ch]
				wantDB[ch] += db[ch]
			}
			from += m
		}
		kerneltest.Near(t, "dgamma", dgamma, wantDG, 1e-14)
		kerneltest.Near(t, "dbeta", dbeta, wantDB, 1e-14)
		ghost.BackwardEval(dx, nil, nil, dy, x, y, gamma, beta, gamma, []float64{1, 2, 3})
	}
}
