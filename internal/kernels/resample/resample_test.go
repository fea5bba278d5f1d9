package resample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// Results that are known: PyTorch's documentation of Upsample has the bilinear ones.
func TestValues(t *testing.T) {
	twice := Axis{In: 2, Out: 4, Scale: 0.5}
	one := Axis{In: 1, Out: 1}
	corners := Axis{In: 2, Out: 4, Corners: true}
	for _, c := range []struct {
		name string
		s    Shape
		x, y []float64
	}{
		{
			"nearest",
			Shape{1, 1, twice, twice, Nearest},
			[]float64{1, 2, 3, 4},
			[]float64{1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4},
		},
		{
			"bilinear",
			Shape{1, 1, twice, twice, Bilinear},
			[]float64{1, 2, 3, 4},
			[]float64{1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4},
		},
		{
			"bilinear with corners",
			Shape{1, 1, corners, Axis{In: 2, Out: 2, Corners: true}, Bilinear},
			[]float64{0, 3, 3, 6},
			[]float64{0, 3, 1, 4, 2, 5, 3, 6},
		},
		{"one place", Shape{1, 1, one, Axis{In: 3, Out: 1, Corners: true}, Bilinear}, []float64{7, 8, 9}, []float64{7}},
		{"fewer", Shape{1, 1, one, Axis{In: 5, Out: 3}, Nearest}, []float64{1, 2, 3, 4, 5}, []float64{1, 2, 4}},
		{"fewer, exact", Shape{1, 1, one, Axis{In: 5, Out: 3}, NearestExact}, []float64{1, 2, 3, 4, 5}, []float64{1, 3, 5}},
	} {
		y := kerneltest.NaNs[float64](len(c.y))
		New[float64](c.s).Forward(y, c.x)
		kerneltest.Near(t, c.name, y, c.y, 1e-15)
	}
}

// Backward is the transposition of Forward, which is linear: ⟨Forward(x), dy⟩ = ⟨x, Backward(dy)⟩.
func TestAdjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 9)
		axis := func(name string) Axis {
			return Axis{In: size.Draw(t, name), Out: 2 * size.Draw(t, name), Corners: rapid.Bool().Draw(t, "corners")}
		}
		s := Shape{2, 3, axis("height"), axis("width"), Mode(rapid.IntRange(0, 3).Draw(t, "mode"))}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		x := kerneltest.Normals[float64](r, s.N*s.C*s.H.In*s.W.In)
		dy := kerneltest.Normals[float64](r, s.N*s.C*s.H.Out*s.W.Out)
		y, dx := kerneltest.NaNs[float64](len(dy)), kerneltest.NaNs[float64](len(x))
		p := New[float64](s)
		p.Forward(y, x)
		p.Backward(dx, dy)
		got, want := kerneltest.DotProduct(y, dy), kerneltest.DotProduct(x, dx)
		kerneltest.Near(t, "⟨y, dy⟩", []float64{got}, []float64{want}, 1e-11)
		single := kerneltest.NaNs[float32](len(y))
		New[float32](s).Forward(single, kerneltest.Convert[float32](x))
		kerneltest.Near(t, "y in float32", kerneltest.Convert[float64](single), y, 2e-6)
	})
}

func TestSameBits(t *testing.T) {
	for _, m := range []Mode{Nearest, Bilinear, Bicubic} {
		s := Shape{4, 8, Axis{In: 20, Out: 40}, Axis{In: 30, Out: 45}, m}
		r := rand.New(rand.NewPCG(1, 1))
		x, dy := kerneltest.Normals[float32](r, 32*600), kerneltest.Normals[float32](r, 32*1800)
		p := New[float32](s)
		y, dx := make([]float32, len(dy)), make([]float32, len(x))
		kerneltest.SameBits(t, fmt.Sprintf("mode %d", m), func() []float32 {
			p.Forward(y, x)
			p.Backward(dx, dy)
			return slices.Concat(y, dx)
		})
		kerneltest.CheckAllocations(t, fmt.Sprintf("mode %d", m), func() {
			p.Forward(y, x)
			p.Backward(dx, dy)
		})
	}
}

func BenchmarkResample(b *testing.B) {
	for _, m := range []Mode{Nearest, Bilinear} {
		s := Shape{64, 32, Axis{In: 14, Out: 28}, Axis{In: 14, Out: 28}, m}
		x, y := make([]float32, kernels.MaxParts*4*32*196), make([]float32, 64*32*784)
		p := New[float32](s)
		b.Run(fmt.Sprintf("mode %d forward", m), func(b *testing.B) {
			kerneltest.Measure(b, len(y), func() { p.Forward(y, x) }, 1)
		})
		b.Run(fmt.Sprintf("mode %d backward", m), func(b *testing.B) {
			kerneltest.Measure(b, len(y), func() { p.Backward(x, y) }, 1)
		})
	}
}
