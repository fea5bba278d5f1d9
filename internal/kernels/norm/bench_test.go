package norm

import (
	"math/rand/v2"
	"testing"
	"time"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
	"anneal/internal/kernels/pool"
)

// BenchmarkPlanes times the passes of lenet-bn's two normalised layers, and of mlp-bn's first, at batch 64.
func BenchmarkPlanes(b *testing.B) {
	for _, s := range []pool.Shape{
		{N: 64, C: 10, H: 24, W: 24, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
		{N: 64, C: 20, H: 8, W: 8, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
		{N: 64, C: 300, H: 1, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1},
	} {
		r := rand.New(rand.NewPCG(1, 1))
		size := s.H * s.W
		n := s.N * s.C * size
		oh, ow := s.Out()
		out := s.N * s.C * oh * ow
		x, dx, y, dy := kerneltest.Normals[float32](r, n), make([]float32, n), make([]float32, out),
			kerneltest.Normals[float32](r, out)
		z, dz := make([]float32, n), kerneltest.Normals[float32](r, n)
		gamma, beta := kerneltest.Normals[float32](r, s.C), kerneltest.Normals[float32](r, s.C)
		dg, db := make([]float32, s.C), make([]float32, s.C)
		bn, fused, reluMax := NewBatchNorm[float32](s.N, s.C, size, 1e-5), NewReLUPool[float32](s, 1e-5),
			pool.NewReLUMax[float32](s)
		max := pool.NewMax[float32](s)
		fused.Forward(y, x, gamma, beta)
		bn.Forward(z, x, gamma, beta)
		for _, pass := range []struct {
			name string
			f    func()
		}{
			{"norm/measure", func() { bn.norm.batch(x, gamma, beta) }},
			{"norm/forward", func() { bn.Forward(z, x, gamma, beta) }},
			{"norm/backward", func() { bn.Backward(dx, dg, db, dz, x, gamma) }},
			{"fused/apply", func() { fused.forward(y, x) }},
			{"fused/forward", func() { fused.Forward(y, x, gamma, beta) }},
			{"fused/backward", func() { fused.Backward(dx, dg, db, dy, x, y, gamma, beta) }},
			{"relupool/forward", func() { reluMax.Forward(y, x) }},
			{"relupool/backward", func() { reluMax.Backward(dx, dy, x, y) }},
			{"maxpool/forward", func() { max.Forward(y, x) }},
			{"maxpool/backward", func() { max.Backward(dx, dy) }},
			{"relu/forward", func() { elementwise.ReLU(z, x) }},
			{"relu/backward", func() { elementwise.ReLUBackward(dx, dz, z) }},
		} {
			b.Run(pass.name, func(b *testing.B) {
				least := time.Hour
				for b.Loop() {
					start := time.Now()
					pass.f()
					least = min(least, time.Since(start))
				}
				b.ReportMetric(float64(least)/1e3, "min-µs")
			})
		}
	}
}
