package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// measure runs f, of times n floating-point operations, and reports its best rate: the machine may be busy with other
// things.
func measure(b *testing.B, n int, f func(), times int) {
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(n*times)/float64(best.Nanoseconds()), "GFLOP/s")
}

var convBenchmarks = []struct {
	name  string
	shape ConvShape
}{
	{"lenet1", square(64, 1, 28, 10, 5, 1, 0)},
	{"lenet2", square(64, 10, 12, 20, 5, 1, 0)},
	{"3x3 16-32 28", square(32, 16, 28, 32, 3, 1, 1)},
	{"3x3 32-64 14", square(32, 32, 14, 64, 3, 1, 1)},
	{"3x3 64-128 14 stride 2", square(32, 64, 14, 128, 3, 2, 1)},
	{"3x3 128-128 7", square(32, 128, 7, 128, 3, 1, 1)},
	{"1x1 64-256 14", square(32, 64, 14, 256, 1, 1, 0)},
	{"depthwise 3x3 32 28", depthwise(32, 32, 28, 3, 1, 1)},
}

// BenchmarkConv counts the operations of the definition, also where Winograd's algorithm does fewer.
func BenchmarkConv(b *testing.B) {
	for _, c := range convBenchmarks {
		s := c.shape
		oh, ow := s.Out()
		r := rand.New(rand.NewPCG(1, 1))
		x, w, bias := normals[float32](r, s.N*s.C*s.H*s.W), normals[float32](r, s.OutC*s.C/s.Groups*s.KH*s.KW), normals[float32](r, s.OutC)
		y := normals[float32](r, s.N*s.OutC*oh*ow)
		dx, dw, db := make([]float32, len(x)), make([]float32, len(w)), make([]float32, s.OutC)
		work := 2 * len(y) * s.C / s.Groups * s.KH * s.KW
		plan := NewConv[float32](s)
		for _, pass := range []struct {
			name string
			work int
			f    func()
		}{
			{"forward", work, func() { plan.Forward(y, x, w, bias, false) }},
			{"dx", work, func() { plan.Backward(dx, nil, nil, y, x, w) }},
			{"dw", work, func() { plan.Backward(nil, dw, db, y, x, w) }},
			{"both", 3 * work, func() {
				plan.Forward(y, x, w, bias, false)
				plan.Backward(dx, dw, db, y, x, w)
			}},
		} {
			b.Run(fmt.Sprintf("%s/%s", c.name, pass.name), func(b *testing.B) {
				measure(b, pass.work, pass.f, 1)
			})
		}
	}
}

func BenchmarkLinear(b *testing.B) {
	for _, s := range [][3]int{{64, 320, 50}, {64, 50, 10}, {64, 784, 300}, {64, 300, 100}, {64, 100, 10}, {256, 1024, 1024}} {
		n, in, out := s[0], s[1], s[2]
		r := rand.New(rand.NewPCG(1, 1))
		x, w, bias, y := normals[float32](r, n*in), normals[float32](r, out*in), normals[float32](r, out), normals[float32](r, n*out)
		dx, dw, db := make([]float32, len(x)), make([]float32, len(w)), make([]float32, out)
		plan := NewLinear[float32](n, in, out)
		b.Run(fmt.Sprintf("%dx%dx%d/forward", n, in, out), func(b *testing.B) {
			measure(b, 2*n*in*out, func() { plan.Forward(y, x, w, bias, true) }, 1)
		})
		b.Run(fmt.Sprintf("%dx%dx%d/both", n, in, out), func(b *testing.B) {
			measure(b, 6*n*in*out, func() {
				plan.Forward(y, x, w, bias, true)
				plan.Backward(dx, dw, db, y, x, w)
			}, 1)
		})
		b.Run(fmt.Sprintf("%dx%dx%d/backward", n, in, out), func(b *testing.B) {
			measure(b, 4*n*in*out, func() { plan.Backward(dx, dw, db, y, x, w) }, 1)
		})
	}
}

// Each kernel's rate beside the processor's peak, on one processor and data in its caches. A copied element counts as one
// operation.
func BenchmarkKernels(b *testing.B) {
	defer func(v variant) { active = v }(active)
	for active = generic; active <= bestVariant(); active++ {
		const m, k, length = 20, 250, 512
		n := 64
		r := rand.New(rand.NewPCG(1, 1))
		a, x, c := normals[float32](r, m*length), normals[float32](r, k*length), make([]float32, m*k)
		table, offsets := make([]pair, k), make([]int32, m)
		for i := range table {
			table[i] = pair{int32(i), int32(i * n)}
		}
		for i := range offsets {
			offsets[i] = int32(i * length)
		}
		b.Run("peak/"+active.String(), func(b *testing.B) { measure(b, multiplyAdd(1), func() { multiplyAdd(20000) }, 20000) })
		b.Run("outer/"+active.String(), func(b *testing.B) {
			measure(b, 2*m*k*n, func() { outer(c, n, a, k, x, table, m, n, nil, nil, 0) }, 1)
		})
		b.Run("inner/"+active.String(), func(b *testing.B) {
			measure(b, 2*m*m*length, func() { inner(c, m, a, length, x, offsets, m, length, nil, 0, 0) }, 1)
		})
		patch := every(winogradPoints, n)
		b.Run("transform/"+active.String(), func(b *testing.B) {
			const additions = 24 // and multiplications in a column
			measure(b, 2*winogradPatch*additions*n, func() { sandwich(inputTransform, x[winogradPoints*n:], patch, x, patch, n) }, 1)
		})
		s := &rows{planes: 10, rows: 12, n: 8, dstPlane: 5 * 96, dstRow: 8, srcPlane: 144, srcRow: 12}
		b.Run("copy rows of 8/"+active.String(), func(b *testing.B) { measure(b, 960, func() { copyRows(x, a, s) }, 1) })
		b.Run("add rows of 8/"+active.String(), func(b *testing.B) { measure(b, 960, func() { addRows(x, a, s) }, 1) })
	}
}
