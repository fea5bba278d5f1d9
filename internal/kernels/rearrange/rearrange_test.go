package rearrange

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels/kerneltest"
)

func TestPieces(t *testing.T) {
	p := NewPieces[float64](2, 1, 3, 2)
	a, b, c := []float64{1, 2}, []float64{3, 4, 5, 6, 7, 8}, []float64{9, 10, 11, 12}
	y := kerneltest.NaNs[float64](12)
	p.Join(y, [][]float64{a, b, c})
	kerneltest.Same(t, "joined", y, []float64{1, 3, 4, 5, 9, 10, 2, 6, 7, 8, 11, 12})
	p.Join(y, [][]float64{nil, b, nil})
	kerneltest.Same(t, "joined with zeros", y, []float64{0, 3, 4, 5, 0, 0, 0, 6, 7, 8, 0, 0})
	clear(a)
	p.Cut([][]float64{a, nil, c}, []float64{1, 3, 4, 5, 9, 10, 2, 6, 7, 8, 11, 12})
	kerneltest.Same(t, "cut", a, []float64{1, 2})
}

// Join and Cut are each other's inverses, for pieces of one run and of several.
func TestPiecesInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		outer := rapid.IntRange(1, 5).Draw(t, "outer")
		widths := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 9), rapid.IntRange(16_000, 33_000)), 1, 4).Draw(t, "widths")
		r := rand.New(rand.NewPCG(1, 1))
		var pieces, back [][]float32
		whole := 0
		for _, w := range widths {
			pieces = append(pieces, kerneltest.Normals[float32](r, outer*w))
			back = append(back, kerneltest.NaNs[float32](outer*w))
			whole += outer * w
		}
		p := NewPieces[float32](outer, widths...)
		y := kerneltest.NaNs[float32](whole)
		p.Join(y, pieces)
		p.Cut(back, y)
		for i := range pieces {
			if !slices.Equal(back[i], pieces[i]) {
				t.Fatalf("piece %d of %d×%v comes back changed", i, outer, widths)
			}
		}
	})
}

func TestPadValues(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6}
	for _, c := range []struct {
		name          string
		before, after []int
		mode          Mode
		y             []float64
	}{
		{"constant", []int{1, 0}, []int{0, 2}, Constant, []float64{9, 9, 9, 9, 9, 1, 2, 3, 9, 9, 4, 5, 6, 9, 9}},
		{"crop", []int{0, -1}, []int{-1, 1}, Constant, []float64{2, 3, 9}},
		{"reflect", []int{0, 2}, []int{0, 1}, Reflect, []float64{3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5}},
		{"replicate", []int{0, 2}, []int{1, 1}, Replicate, []float64{1, 1, 1, 2, 3, 3, 4, 4, 4, 5, 6, 6, 4, 4, 4, 5, 6, 6}},
		{"circular", []int{0, 2}, []int{0, 3}, Circular, []float64{2, 3, 1, 2, 3, 1, 2, 3, 5, 6, 4, 5, 6, 4, 5, 6}},
		{"beyond", []int{0, -2}, []int{0, 1}, Reflect, []float64{3, 2, 6, 5}},
		{"rows", []int{1, 0}, []int{1, 0}, Circular, []float64{4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3}},
	} {
		p := NewPad[float64]([]int{2, 3}, c.before, c.after, c.mode, 9)
		y := kerneltest.NaNs[float64](len(c.y))
		p.Forward(y, x)
		kerneltest.Same(t, c.name, y, c.y)
	}
}

// Backward is the transposition of Forward, which is linear if the padding's number is 0.
func TestPadAdjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mode := Mode(rapid.IntRange(0, 3).Draw(t, "mode"))
		shape, before, after := []int{3}, []int{0}, []int{0}
		in := 3
		for range rapid.IntRange(1, 3).Draw(t, "axes") {
			n := rapid.IntRange(2, 7).Draw(t, "n")
			pad := rapid.IntRange(-(n-1)/2, n-1)
			shape, before, after = append(shape, n), append(before, pad.Draw(t, "before")), append(after, pad.Draw(t, "after"))
			in *= n
		}
		out := 1
		for _, n := range Padded(shape, before, after) {
			if n < 1 {
				t.Skip("nothing is left")
			}
			out *= n
		}
		r := rand.New(rand.NewPCG(1, 1))
		x, dy := kerneltest.Normals[float64](r, in), kerneltest.Normals[float64](r, out)
		y, dx := kerneltest.NaNs[float64](out), kerneltest.NaNs[float64](in)
		p := NewPad[float64](shape, before, after, mode, 0)
		p.Forward(y, x)
		p.Backward(dx, dy)
		got, want := kerneltest.DotProduct(y, dy), kerneltest.DotProduct(x, dx)
		kerneltest.Near(t, "⟨y, dy⟩", []float64{got}, []float64{want}, 1e-11)
	})
}

func TestSameBits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	x := kerneltest.Normals[float32](r, 24*900)
	p := NewPad[float32]([]int{24, 30, 30}, []int{0, 2, 3}, []int{0, 1, 4}, Reflect, 0)
	y, dx := make([]float32, 24*33*37), make([]float32, len(x))
	pieces := NewPieces[float32](24, 300, 600)
	step := func() {
		p.Forward(y, x)
		p.Backward(dx, y)
		pieces.Cut([][]float32{y[:24*300], y[24*300:][:24*600]}, dx)
	}
	kerneltest.SameBits(t, "padding and pieces", func() []float32 { step(); return slices.Concat(y, dx) })
	parts := [][]float32{y[:24*300], y[24*300:][:24*600]}
	kerneltest.CheckAllocations(t, "padding and pieces", func() {
		p.Forward(y, x)
		p.Backward(dx, y)
		pieces.Cut(parts, dx)
		pieces.Join(dx, parts)
	})
}
