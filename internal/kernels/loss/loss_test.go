package loss

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// torchCase is a case of testdata/loss.json.
type torchCase struct {
	Kind string
	Args struct {
		Reduction             string
		Weights, Pos, Samples []float64
		Ignore                *int32
		Smoothing, Threshold  float64
		Logarithm             bool
	}
	Shape       []int
	X, Target   kerneltest.Numbers
	Labels      []int32
	Loss        kerneltest.Numbers
	DX          kerneltest.Numbers
	DT          kerneltest.Numbers
	channels, d int
}

func torchCases(t *testing.T) []torchCase {
	t.Helper()
	text, err := os.ReadFile("testdata/loss.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []torchCase }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for i := range file.Cases {
		c := &file.Cases[i]
		c.channels, c.d = 1, 1
		for axis, size := range c.Shape[1:] {
			if axis == 0 {
				c.channels = size
			} else {
				c.d *= size
			}
		}
	}
	return file.Cases
}

func planOf[T kernels.Float](c torchCase) *Plan[T] {
	n, a := c.Shape[0], c.Args
	reduction := map[string]Reduction{"mean": Mean, "sum": Sum, "batchmean": BatchMean}[a.Reduction]
	classes := Classes{Count: c.channels, Inner: c.d, Weights: a.Weights, Smoothing: a.Smoothing}
	if a.Ignore != nil {
		classes.Ignore = []int32{*a.Ignore}
	}
	switch c.Kind {
	case "CrossEntropySoft":
		classes.Soft = true
		return NewCrossEntropy[T](n, classes, reduction)
	case "CrossEntropy":
		return NewCrossEntropy[T](n, classes, reduction)
	case "NLL":
		return NewNLL[T](n, classes, reduction)
	case "Binary":
		return NewBinary[T](n, c.channels, c.d, a.Pos, a.Weights, reduction)
	case "KLDiv":
		return NewKLDiv[T](n, c.channels*c.d, a.Logarithm, reduction)
	}
	kind := map[string]Distance{"MSE": Squared, "L1": Absolute, "Huber": Huber, "SmoothL1": SmoothL1}[c.Kind]
	return NewDistance[T](kind, a.Threshold, n, c.channels*c.d, reduction)
}

// near compares, and takes one NaN for another.
func near[T kernels.Float](t *testing.T, what string, got []T, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		g := float64(got[i])
		if g != w && !(math.Abs(g-w) <= tol*max(1, math.Abs(w))) && (g == g || w == w) {
			t.Errorf("%s[%d] = %v, want %v", what, i, g, w)
		}
	}
}

func TestPyTorch(t *testing.T) {
	for i, c := range torchCases(t) {
		t.Run(fmt.Sprint(i, " ", c.Kind, c.Shape, c.Args), func(t *testing.T) {
			testPyTorch[float64](t, c, 1e-13)
			testPyTorch[float32](t, c, 2e-6)
		})
	}
}

func testPyTorch[T kernels.Float](t *testing.T, c torchCase, tol float64) {
	p := planOf[T](c)
	b := Batch[T]{X: kerneltest.Convert[T](c.X), Labels: c.Labels}
	var dt []T
	if c.Target != nil {
		b.Target, dt = kerneltest.Convert[T](c.Target), make([]T, len(c.X))
	}
	if c.Args.Samples != nil {
		b.Weights = kerneltest.Convert[T](c.Args.Samples)
	}
	near(t, "loss", []float64{p.Forward(b)}, c.Loss, 3*tol)
	dx := make([]T, len(c.X))
	p.Backward(dx, dt, nil, b, 1.5)
	if tol < 1e-9 || !edge(c) {
		near(t, "dx", dx, c.DX, tol)
		if c.DT != nil {
			near(t, "dt", dt, c.DT, 20*tol)
		}
	}
}

// edge reports whether a target lies where a distance has its threshold, which float32 may round to either side.
func edge(c torchCase) bool { return c.Args.Threshold > 0 || c.Kind == "L1" }

// The gradients are those of central differences, with weights of the samples, which have one too.
func TestDifferences(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	for _, c := range torchCases(t) {
		if c.Shape[0] < 2 || len(c.X) > 24 || c.Kind == "L1" || math.IsNaN(c.Loss[0]) || math.IsInf(c.Loss[0], 0) {
			continue
		}
		p := planOf[float64](c)
		b := Batch[float64]{X: kerneltest.Normal[float64](r, len(c.X), 0, 1), Labels: c.Labels}
		if c.Target != nil {
			b.Target = kerneltest.Normal[float64](r, len(c.X), 0.5, 0.1)
		}
		for range c.Shape[0] {
			b.Weights = append(b.Weights, 0.5+r.Float64())
		}
		dx, dt, dw := make([]float64, len(c.X)), make([]float64, len(c.X)), make([]float64, c.Shape[0])
		if b.Target == nil {
			dt = nil
		}
		loss := func() float64 { return 0.5 * p.Forward(b) }
		if l := loss(); math.IsNaN(l) || math.IsInf(l, 0) {
			continue // nothing counts
		}
		p.Backward(dx, dt, dw, b, 0.5)
		what := fmt.Sprint(c.Kind, c.Shape, c.Args)
		kerneltest.Differences(t, what+" dx", b.X, dx, loss)
		if dt != nil {
			kerneltest.Differences(t, what+" dt", b.Target, dt, loss)
		}
		kerneltest.Differences(t, what+" dw", b.Weights, dw, loss)
	}
}

// Batches merge into the mean of all: a set in two parts of any size has the loss of the whole.
func TestMeanMerges(t *testing.T) {
	for _, c := range torchCases(t) {
		if c.Shape[0] != 5 || c.Args.Reduction == "sum" || math.IsNaN(c.Loss[0]) || slices.Contains(c.Args.Weights, 0) {
			continue // a part whose labels weigh nothing has no mean
		}
		whole, sum, weight, size := c.Loss[0], 0.0, 0.0, len(c.X)/5
		for _, part := range [][2]int{{0, 3}, {3, 5}} {
			some := c
			some.Shape = append([]int{part[1] - part[0]}, c.Shape[1:]...)
			p := planOf[float64](some)
			b := Batch[float64]{X: c.X[part[0]*size : part[1]*size]}
			if c.Target != nil {
				b.Target = c.Target[part[0]*size : part[1]*size]
			}
			if c.Labels != nil {
				b.Labels = c.Labels[part[0]*c.d : part[1]*c.d]
			}
			if c.Args.Samples != nil {
				b.Weights = c.Args.Samples[part[0]:part[1]]
			}
			p.Forward(b)
			if mean, w := p.Mean(); w > 0 {
				sum, weight = sum+w*mean, weight+w
			}
		}
		if got := sum / weight; !(math.Abs(got-whole) <= 1e-12*max(1, math.Abs(whole))) {
			t.Errorf("%s%v %+v: %v in two parts, want %v", c.Kind, c.Shape, c.Args, got, whole)
		}
	}
}

// The bits do not depend on the number of processors, and a warm plan allocates nothing.
func TestBits(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 2))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const n, channels, inner = 64, 5, 97
	c := Classes{Count: channels, Inner: inner, Weights: []float64{1, 2, 0.5, 3, 1}, Smoothing: 0.1, Ignore: []int32{4}}
	for name, p := range map[string]*Plan[float32]{
		"CrossEntropy": NewCrossEntropy[float32](n, c, Mean), "NLL": NewNLL[float32](n, c, Mean),
		"Squared": NewDistance[float32](Squared, 0, n, channels*inner, Mean),
		"Huber":   NewDistance[float32](Huber, 1, n, channels*inner, Mean),
		"Binary":  NewBinary[float32](n, channels, inner, nil, nil, Mean),
		"KLDiv":   NewKLDiv[float32](n, channels*inner, true, Sum),
	} {
		b := Batch[float32]{
			X: kerneltest.Normal[float32](r, n*channels*inner, 0, 1), Labels: make([]int32, n*inner),
			Target: kerneltest.Normal[float32](r, n*channels*inner, 0, 1),
		}
		for i := range b.Labels {
			b.Labels[i] = int32(r.IntN(channels))
		}
		var want []float32
		for _, processors := range []int{1, 2, 4} {
			runtime.GOMAXPROCS(processors)
			got := make([]float32, len(b.X)+1)
			got[0] = float32(p.Forward(b))
			p.Backward(got[1:], nil, nil, b, 1)
			if want == nil {
				want = slices.Clone(got)
			}
			kerneltest.Same(t, name, got, want)
		}
		dx := make([]float32, len(b.X))
		if a := testing.AllocsPerRun(5, func() { p.Forward(b); p.Backward(dx, nil, nil, b, 1) }); a > 0 {
			t.Errorf("%s: %v allocations in a run, want none", name, a)
		}
	}
}
