package activation

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// functions are the functions of testdata/torch.json.
func functions[T kernels.Float]() map[string]Function[T] {
	return map[string]Function[T]{
		"LeakyReLU": LeakyReLU[T](0.01), "LeakyReLU(0.3)": LeakyReLU[T](0.3), "LeakyReLU(-0.2)": LeakyReLU[T](-0.2),
		"ELU": ELU[T](1), "ELU(0.7)": ELU[T](0.7), "SELU": SELU[T](),
		"GELU": ToGELU[T](), "GELUTanh": ToGELUTanh[T](), "SiLU": ToSiLU[T](), "Mish": Mish[T](),
		"Hardswish": Hardswish[T](), "Hardsigmoid": Hardsigmoid[T](), "Sigmoid": ToSigmoid[T](), "Tanh": ToTanh[T](),
		"Softplus": Softplus[T](1, 20), "Softplus(2, 5)": Softplus[T](2, 5),
	}
}

type torchCase struct {
	Name                string
	Shape               []int
	X, W, Y, DY, DX, DW kerneltest.Numbers
}

func TestPyTorch(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) { testPyTorch[float32](t, 1e-6) })
	testPyTorch[float64](t, 1e-13)
}

func testPyTorch[T kernels.Float](t rapid.TB, tol float64) {
	left := functions[T]()
	for _, c := range kerneltest.Cases[torchCase](t, "testdata/torch.json") {
		f, ok := left[c.Name]
		if !ok {
			continue
		}
		delete(left, c.Name)
		x, dy := kerneltest.Convert[T](c.X), kerneltest.Convert[T](c.DY)
		y, dx := make([]T, len(x)), make([]T, len(x))
		p := NewPlan(len(x), f)
		p.Forward(y, x)
		near(t, c.Name+": y", y, c.Y, tol)
		p.Backward(dx, dy, x, y)
		near(t, c.Name+": dx", dx, c.DX, tol)
		p.Backward(dy, dy, x, y)
		kerneltest.Same(t, c.Name+": dx in place", dy, dx)
		p.Forward(x, x)
		kerneltest.Same(t, c.Name+": y in place", x, y)
	}
	for name := range left {
		t.Errorf("testdata/torch.json has no %s", name)
	}
}

// near is kerneltest.Near, where NaN is near NaN alone.
func near[T kernels.Float](t rapid.TB, what string, got []T, want []float64, tol float64) {
	t.Helper()
	for i, w := range want {
		if g := float64(got[i]); g != g && w != w {
			continue
		}
		kerneltest.Near(t, what+"["+strconv.Itoa(i)+"]", kerneltest.Convert[float64](got[i:i+1]), want[i:i+1], tol)
	}
}

func TestPReLU(t *testing.T) {
	testPReLU[float32](t, 2e-6)
	testPReLU[float64](t, 1e-13)
}

func testPReLU[T kernels.Float](t *testing.T, tol float64) {
	seen := 0
	for _, c := range kerneltest.Cases[torchCase](t, "testdata/torch.json") {
		if c.W == nil {
			continue
		}
		seen++
		x, w, dy := kerneltest.Convert[T](c.X), kerneltest.Convert[T](c.W), kerneltest.Convert[T](c.DY)
		y, dx, dw := make([]T, len(x)), make([]T, len(x)), make([]T, len(w))
		p := NewPReLU[T](c.Shape[0], len(w), len(x)/c.Shape[0]/len(w))
		p.Forward(y, x, w)
		near(t, c.Name+": y", y, c.Y, tol)
		p.Backward(dx, dw, dy, x, w)
		near(t, c.Name+": dx", dx, c.DX, tol)
		near(t, c.Name+": dw", dw, c.DW, tol)
		p.Backward(nil, nil, dy, x, w)
	}
	if seen != 3 {
		t.Errorf("%d cases of PReLU, want 3", seen)
	}
}

// SIMD kernels agree with float64 at every length and offset, to their rounding relative to the result, and write
// nothing else.
func TestLengthsAndOffsets(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	exact := functions[float64]()
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for name, f := range functions[float32]() {
			for n := range 131 {
				offset := n % 8
				x := kerneltest.GuardedNormals[float32](t, r, n, offset)
				dy := kerneltest.GuardedNormals[float32](t, r, n, offset)
				y, intactY := kerneltest.Guarded[float32](t, n, offset)
				dx, intactDX := kerneltest.Guarded[float32](t, n, offset)
				f.Forward(y, x)
				f.Backward(dx, dy, x, y)
				intactY("%s, %s: y", kernels.Variant(), name)
				intactDX("%s, %s: dx", kernels.Variant(), name)
				x64, dy64 := kerneltest.Convert[float64](x), kerneltest.Convert[float64](dy)
				y64, dx64 := make([]float64, n), make([]float64, n)
				exact[name].Forward(y64, x64)
				exact[name].Backward(dx64, dy64, x64, y64)
				kerneltest.Near(t, name+": y", kerneltest.Convert[float64](y), y64, 5e-7)
				kerneltest.Near(t, name+": dx", kerneltest.Convert[float64](dx), dx64, 5e-6)
			}
		}
	})
}

// The relative error is small at every size of x, so that Tanh keeps a small x and GELU a small tail.
func TestRelativeError(t *testing.T) {
	for _, c := range []struct {
		name string
		from float32
		most float64
	}{
		{"Sigmoid", -80, 3e-7},
		{"Tanh", -9, 4e-7},
		{"SiLU", -80, 3e-7},
		{"GELU", -5, 2e-6},
		{"GELUTanh", -4, 2e-6},
		{"ELU", -80, 4e-7},
		{"SELU", -80, 5e-7},
		{"Mish", -80, 1e-6},
	} {
		var x []float32
		for v := c.from; v < 9; v += 1.0 / 128 {
			x = append(x, v, v*1e-3, v*1e-6)
		}
		want := kerneltest.Convert[float64](x)
		functions[float64]()[c.name].Forward(want, want)
		kerneltest.EachVariant(t, func(t rapid.TB) {
			y := make([]float32, len(x))
			functions[float32]()[c.name].Forward(y, x)
			for i, w := range want {
				if d := float64(y[i]) - w; !(max(d, -d) <= c.most*max(w, -w)) {
					t.Fatalf("%s: %s(%v) = %v, want %v", kernels.Variant(), c.name, x[i], y[i], w)
				}
			}
		})
	}
}

func TestSameBits(t *testing.T) {
	x := kerneltest.Normals[float32](rand.New(rand.NewPCG(13, 2)), 100_003)
	for name, f := range functions[float32]() {
		p, y, dx := NewPlan(len(x), f), make([]float32, len(x)), make([]float32, len(x))
		step := func() {
			p.Forward(y, x)
			p.Backward(dx, x, x, y)
		}
		kerneltest.SameBits(t, name, func() []float32 {
			step()
			return append(append([]float32{}, y...), dx...)
		})
		if name == "GELU" || name == "LeakyReLU" {
			kerneltest.CheckAllocations(t, name, step)
		}
	}
}

func BenchmarkActivations(b *testing.B) {
	x := kerneltest.Normals[float32](rand.New(rand.NewPCG(13, 3)), 1<<14)
	y, dx := make([]float32, len(x)), make([]float32, len(x))
	for name, f := range functions[float32]() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.Forward(y, x)
				f.Backward(dx, x, x, y)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/element")
		})
	}
}
