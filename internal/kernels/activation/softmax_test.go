package activation

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestSoftmaxRows(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 4))
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for n := 1; n < 131; n++ {
			const rows = 3
			offset, stride := n%8, n+n%3
			size := (rows-1)*stride + n
			x := kerneltest.GuardedNormals[float32](t, r, size, offset)
			dy := kerneltest.GuardedNormals[float32](t, r, size, offset)
			y, intactY := kerneltest.Guarded[float32](t, size, offset)
			dx, intactDX := kerneltest.Guarded[float32](t, size, offset)
			SoftmaxRows(y, x, rows, n, stride, 0.7)
			SoftmaxRowsBackward(dx, dy, y, rows, n, stride, 0.7)
			intactY("%s: y", kernels.Variant())
			intactDX("%s: dx", kernels.Variant())
			x64, dy64 := kerneltest.Convert[float64](x), kerneltest.Convert[float64](dy)
			y64, dx64 := make([]float64, size), make([]float64, size)
			SoftmaxRows(y64, x64, rows, n, stride, 0.7)
			SoftmaxRowsBackward(dx64, dy64, y64, rows, n, stride, 0.7)
			for i := range rows {
				row := i * stride
				kerneltest.Near(t, "y", kerneltest.Convert[float64](y[row:][:n]), y64[row:][:n], 2e-7)
				kerneltest.Near(t, "dx", kerneltest.Convert[float64](dx[row:][:n]), dx64[row:][:n], 1e-6)
				if gap := y[row+n : min(row+stride, size)]; i < rows-1 && len(gap) > 0 && gap[0] == gap[0] {
					t.Fatalf("%s: n = %d: an element between two rows was written", kernels.Variant(), n)
				}
			}
			SoftmaxRows(x, x, rows, n, stride, 0.7)
			kerneltest.Same(t, "y in place", x[:n], y[:n])
		}
	})
}

func TestSoftmaxEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for _, c := range []struct{ x, want []float64 }{
			{[]float64{800, -800, 800}, []float64{0.5, 0, 0.5}},
			{[]float64{-inf, 3, -inf}, []float64{0, 1, 0}},
			{[]float64{-inf, -inf}, []float64{nan, nan}},
			{[]float64{inf, 0}, []float64{nan, nan}},
			{[]float64{0, nan}, []float64{nan, nan}},
			{[]float64{nan, 0}, []float64{nan, nan}},
			{[]float64{7}, []float64{1}},
		} {
			y := kerneltest.Convert[float32](c.x)
			SoftmaxRows(y, y, 1, len(y), len(y), 1)
			kerneltest.Same(t, kernels.Variant(), y, kerneltest.Convert[float32](c.want))
		}
	})
}

func TestSoftmaxRowsDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 5))
	const rows, n = 2, 5
	x, dy := kerneltest.Normals[float64](r, rows*n), kerneltest.Normals[float64](r, rows*n)
	y, dx := make([]float64, rows*n), make([]float64, rows*n)
	loss := func() float64 {
		SoftmaxRows(y, x, rows, n, n, 1.3)
		return kerneltest.DotProduct(y, dy)
	}
	loss()
	SoftmaxRowsBackward(dx, dy, y, rows, n, n, 1.3)
	kerneltest.Differences(t, "dx", x, dx, loss)
}

func BenchmarkSoftmaxRows(b *testing.B) {
	const rows, n = 64, 49
	x := kerneltest.Normals[float32](rand.New(rand.NewPCG(13, 6)), rows*n)
	y := make([]float32, len(x))
	for b.Loop() {
		SoftmaxRows(y, x, rows, n, n, 1.3)
		SoftmaxRowsBackward(y, y, x, rows, n, n, 1.3)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
}

func TestLogSoftmaxRows(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 7))
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for n := 1; n < 131; n++ {
			rows, offset, stride := n%37+1, n%8, n+n%3
			size := (rows-1)*stride + n
			x := kerneltest.GuardedNormals[float32](t, r, size, offset)
			dy := kerneltest.GuardedNormals[float32](t, r, size, offset)
			y, intactY := kerneltest.Guarded[float32](t, size, offset)
			dx, intactDX := kerneltest.Guarded[float32](t, size, offset)
			LogSoftmaxRows(y, x, rows, n, stride)
			LogSoftmaxRowsBackward(dx, dy, y, rows, n, stride)
			intactY("%s: y", kernels.Variant())
			intactDX("%s: dx", kernels.Variant())
			y64, dx64 := make([]float64, size), make([]float64, size)
			LogSoftmaxRows(y64, kerneltest.Convert[float64](x), rows, n, stride)
			LogSoftmaxRowsBackward(dx64, kerneltest.Convert[float64](dy), y64, rows, n, stride)
			for i := range rows {
				row := i * stride
				kerneltest.Near(t, "y", kerneltest.Convert[float64](y[row:][:n]), y64[row:][:n], 1e-6)
				kerneltest.Near(t, "dx", kerneltest.Convert[float64](dx[row:][:n]), dx64[row:][:n], 4e-6)
			}
		}
	})
}

// Along an axis that is not the last, the result is that of the lines as rows, for any number of processors.
func TestSoftmaxAlongAxes(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 8))
	for _, s := range [][3]int{{1, 5, 1}, {3, 4, 2}, {2, 1, 7}, {2, 33, 130}, {200, 30, 1}, {1, 100, 500}} {
		for _, logarithm := range []bool{false, true} {
			outer, size, inner := s[0], s[1], s[2]
			x, dy := kerneltest.Normals[float32](r, outer*size*inner), kerneltest.Normals[float32](r, outer*size*inner)
			lines := func(x []float32) []float32 {
				var l []float32
				for o := range outer {
					for i := range inner {
						for k := range size {
							l = append(l, x[(o*size+k)*inner+i])
						}
					}
				}
				return l
			}
			wantY, wantDX := lines(x), lines(dy)
			p := NewSoftmax[float32](outer, size, inner, logarithm)
			p.softmax(wantY, wantY, outer*inner)
			p.gradient(wantDX, wantDX, wantY, outer*inner)
			y, dx := make([]float32, len(x)), make([]float32, len(x))
			step := func() {
				p.Forward(y, x)
				p.Backward(dx, dy, y)
			}
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
			for _, n := range []int{1, 2, 64} {
				runtime.GOMAXPROCS(n)
				step()
				kerneltest.Same(t, "y", lines(y), wantY)
				kerneltest.Same(t, "dx", lines(dx), wantDX)
			}
			kerneltest.CheckAllocations(t, "softmax", step)
		}
	}
}
