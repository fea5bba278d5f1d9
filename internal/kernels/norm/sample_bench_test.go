package norm

import (
	"math/rand/v2"
	"testing"
	"time"

	"anneal/internal/kernels/kerneltest"
	"anneal/internal/kernels/pool"
)

// BenchmarkSample times normalization with ReLU of 64 images of 32 channels, 28×28, forward and backward. The plans
// take turns, so that whatever else the machine does concerns all of them.
func BenchmarkSample(b *testing.B) {
	const n, c, spatial = 64, 32, 28 * 28
	r := rand.New(rand.NewPCG(1, 1))
	x, dy := kerneltest.Normals[float32](r, n*c*spatial), kerneltest.Normals[float32](r, n*c*spatial)
	y, dx := make([]float32, len(x)), make([]float32, len(x))
	gamma, beta := kerneltest.Normals[float32](r, c*spatial), kerneltest.Normals[float32](r, c*spatial)
	dgamma, dbeta := make([]float32, c*spatial), make([]float32, c*spatial)
	s := Settings{Eps: 1e-5, ReLU: true}
	batch := NewReLUPool[float32](pool.Shape{N: n, C: c, H: spatial, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1}, 1e-5)
	plans := []struct {
		name    string
		f       func()
		forward time.Duration
		least   time.Duration
	}{
		{"batch", func() {
			batch.Forward(y, x, gamma[:c], beta[:c])
			batch.Backward(dx, dgamma[:c], dbeta[:c], dy, x, y, gamma[:c], beta[:c])
		}, 0, time.Hour},
	}
	for _, p := range []struct {
		name  string
		width int
		plan  Sample[float32]
	}{
		{"group", c, NewGroup[float32](n, c, spatial, 4, s)},
		{"instance", c, NewGroup[float32](n, c, spatial, c, s)},
		{"layer", c * spatial, NewLayer[float32](n, c*spatial, s)},
	} {
		plans = append(plans, struct {
			name    string
			f       func()
			forward time.Duration
			least   time.Duration
		}{p.name, func() {
			p.plan.Forward(y, x, gamma[:p.width], beta[:p.width])
			p.plan.Backward(dx, dgamma[:p.width], dbeta[:p.width], dy, x, y, gamma[:p.width])
		}, 0, time.Hour})
	}
	for b.Loop() {
		for i := range plans {
			start := time.Now()
			plans[i].f()
			plans[i].least = min(plans[i].least, time.Since(start))
		}
	}
	for _, p := range plans {
		b.ReportMetric(float64(p.least)/1e3, p.name+"-µs")
	}
}
