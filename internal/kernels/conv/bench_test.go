package conv

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

var benchmarks = []struct {
	name  string
	shape Shape
}{
	{"lenet1", square(64, 1, 28, 10, 5, 1, 0)},
	{"lenet2", square(64, 10, 12, 20, 5, 1, 0)},
	{"3x3 16-32 28", square(32, 16, 28, 32, 3, 1, 1)},
	{"3x3 32-64 14", square(32, 32, 14, 64, 3, 1, 1)},
	{"3x3 64-128 14 stride 2", square(32, 64, 14, 128, 3, 2, 1)},
	{"3x3 128-128 7", square(32, 128, 7, 128, 3, 1, 1)},
	{"1x1 64-256 14", square(32, 64, 14, 256, 1, 1, 0)},
	{"depthwise 3x3 32 28", depthwiseShape(32, 32, 28, 3, 1, 1)},
}

// BenchmarkConv counts the operations of the definition, also where Winograd's algorithm does fewer.
func BenchmarkConv(b *testing.B) {
	for _, c := range benchmarks {
		s := c.shape
		oh, ow := s.Out()
		r := rand.New(rand.NewPCG(1, 1))
		x, w, bias := kerneltest.Normals[float32](r, s.N*s.C*s.H*s.W),
			kerneltest.Normals[float32](r, s.OutC*s.C/s.Groups*s.KH*s.KW), kerneltest.Normals[float32](r, s.OutC)
		y := kerneltest.Normals[float32](r, s.N*s.OutC*oh*ow)
		dx, dw, db := make([]float32, len(x)), make([]float32, len(w)), make([]float32, s.OutC)
		work := 2 * len(y) * s.C / s.Groups * s.KH * s.KW
		plan := New[float32](s)
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
				kerneltest.Measure(b, pass.work, pass.f, 1)
			})
		}
	}
}

// BenchmarkParts times what convolutions are made of, on one processor and data in its caches. A copied element counts
// as one operation.
func BenchmarkParts(b *testing.B) {
	kernels.EachVariant(func() {
		const n = 64
		r := rand.New(rand.NewPCG(1, 1))
		a, x := kerneltest.Normals[float32](r, 20*512), kerneltest.Normals[float32](r, 250*512)
		patch := evenPlaces(winogradPoints, n)
		b.Run("transform/"+kernels.Variant(), func(b *testing.B) {
			const additions = 24 // and multiplications in a column
			kerneltest.Measure(b, 2*winogradIn*additions*n,
				func() { applyTransform(inputTransform, x[winogradPoints*n:], patch, x, patch, n) }, 1)
		})
		s := &rowSet{planes: 10, rows: 12, n: 8, dstPlane: 5 * 96, dstRow: 8, srcPlane: 144, srcRow: 12}
		b.Run("copy rows of 8/"+kernels.Variant(), func(b *testing.B) {
			kerneltest.Measure(b, 960,
				func() { copyRows(x, a, s) }, 1)
		})
		b.Run("add rows of 8/"+kernels.Variant(), func(b *testing.B) {
			kerneltest.Measure(b, 960,
				func() { addRows(x, a, s) }, 1)
		})
	})
}
