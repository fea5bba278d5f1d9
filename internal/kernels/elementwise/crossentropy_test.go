package elementwise

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestCrossEntropyPyTorch(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) { testCrossEntropyPyTorch[float32](t, 1e-6) })
	testCrossEntropyPyTorch[float64](t, 1e-14)
}

func testCrossEntropyPyTorch[T kernels.Float](t rapid.TB, tol float64) {
	for _, v := range kerneltest.TorchCases(t, "crossentropy") {
		var a struct {
			Smoothing float64
			Labels    []int32
		}
		v.Arguments(t, &a)
		c := NewCrossEntropy[T](v.Shape[0], v.Shape[1], a.Smoothing)
		x := kerneltest.Convert[T](v.Inputs["x"])
		loss := c.Forward(x, a.Labels)
		kerneltest.Near(t, "loss", []float64{loss}, v.Output, tol)
		c.Backward(x, T(v.GradOutput[0]))
		kerneltest.Near(t, "dx", x, kerneltest.Convert[T](v.Grads["x"]), tol)
	}
}

func TestCrossEntropyEdges(t *testing.T) { kerneltest.EachVariant(t, testCrossEntropyEdges) }

func testCrossEntropyEdges(t rapid.TB) {
	inf := math.Inf(1)
	for _, c := range []struct {
		x     []float64
		label int32
		loss  float64
		grad  []float64
	}{
		{[]float64{800, -800, 0}, 0, 0, []float64{0, 0, 0}},
		{[]float64{800, -800, 0}, 1, 1600, []float64{1, -1, 0}},
		{[]float64{-800, -800}, 0, math.Ln2, []float64{-0.5, 0.5}},
		{[]float64{-inf, 0, 0}, 1, math.Ln2, []float64{0, -0.5, 0.5}},
		{[]float64{-inf, 0}, 0, inf, []float64{-1, 1}},
		{[]float64{3}, 0, 0, []float64{0}},
		{[]float64{math.NaN(), 0}, 1, math.NaN(), []float64{math.NaN(), math.NaN()}},
	} {
		p := NewCrossEntropy[float32](1, len(c.x), 0)
		x := kerneltest.Convert[float32](c.x)
		kerneltest.Same(t, "loss", []float64{p.Forward(x, []int32{c.label})}, []float64{c.loss})
		p.Backward(x, 1)
		kerneltest.Same(t, "dx", x, kerneltest.Convert[float32](c.grad))
	}
}

func TestCrossEntropyDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	for _, smoothing := range []float64{0, 0.2} {
		x, dx := kerneltest.Normal[float64](r, 4*7, 0, 3), make([]float64, 4*7)
		labels := []int32{0, 6, 3, 3}
		c := NewCrossEntropy[float64](4, 7, smoothing)
		c.Forward(x, labels)
		c.Backward(dx, 2)
		kerneltest.Differences(t, "dx", x, dx, func() float64 { return 2 * c.Forward(x, labels) })
	}
}

func TestExponentials(t *testing.T) { kerneltest.EachVariant(t, testExponentials) }

func testExponentials(t rapid.TB) {
	var x []float32
	for v := -90.0; v <= 0; v += 1.0 / 512 {
		x = append(x, float32(v))
	}
	x = append(x, float32(math.Inf(-1)), -1e30, float32(math.NaN()))
	e := make([]float32, len(x))
	Exponentials(e, x, 0)
	for i, v := range x {
		want := math.Exp(float64(v))
		if v < -87 && e[i] <= 2e-38 || e[i] != e[i] && v != v {
			continue
		}
		if !(math.Abs(float64(e[i])-want) <= 2e-7*want) {
			t.Fatalf("%v: exp(%v) = %v, want %v", kernels.Variant(), v, e[i], want)
		}
	}
	Exponentials(e[:1], []float32{12.5}, 12.5)
	if e[0] != 1 {
		t.Fatalf("%v: exp(0) = %v", kernels.Variant(), e[0])
	}
}

func BenchmarkCrossEntropy(b *testing.B) {
	for _, s := range [][2]int{{64, 10}, {256, 1000}} {
		b.Run(fmt.Sprintf("%dx%d", s[0], s[1]), func(b *testing.B) {
			x := kerneltest.Normals[float32](rand.New(rand.NewPCG(1, 5)), s[0]*s[1])
			labels := make([]int32, s[0])
			c := NewCrossEntropy[float32](s[0], s[1], 0)
			dx := make([]float32, len(x))
			least := time.Hour
			for b.Loop() {
				start := time.Now()
				c.Forward(x, labels)
				c.Backward(dx, 1)
				least = min(least, time.Since(start))
			}
			b.ReportMetric(float64(least)/1e3, "min-µs")
		})
	}
}
