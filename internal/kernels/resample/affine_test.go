package resample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

// TestRow holds rows of every length, at every alignment, to the definition. Every variant computes its bits: images
// differ by the last one of a pixel, and recorded runs with them.
func TestRow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 31))
	const fill = -0.4242
	for n := range 131 {
		h, w := 1+n%7, 1+n%5
		pixels := kerneltest.Normals[float32](r, h*w)
		var b Bordered
		b.Set(pixels, h, w, fill)
		row := places(r, n, h, w)
		want := make([]float32, n)
		for i := range want {
			want[i] = defined(pixels, h, w, fill, row.Across[i]+row.Right+row.Left, row.Down[i]+row.Below+row.Top)
		}
		kernels.EachVariant(func() {
			for offset := range 8 {
				y, intact := kerneltest.Guarded[float32](t, n, offset)
				row.Bilinear(y, &b)
				name := fmt.Sprintf("%s, %d pixels of %d×%d, offset %d", kernels.Variant(), n, h, w, offset)
				intact("%s", name)
				if !slices.EqualFunc(y, want, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
					t.Fatalf("%s: got %v, want %v, from columns %v and rows %v", name, y, want, row.Across, row.Down)
				}
			}
		})
	}
}

// places returns n places in and around an image, some on its pixels and its edges, and some far from it.
func places(r *rand.Rand, n, h, w int) Row {
	row := Row{Right: r.NormFloat64(), Left: r.NormFloat64(), Below: r.NormFloat64(), Top: r.NormFloat64()}
	if n%3 == 0 {
		row = Row{} // so that the places are those below, exactly
	}
	axis := func(size int) float64 {
		switch r.IntN(8) {
		case 0:
			return float64(r.IntN(size+6) - 3)
		case 1:
			return math.Nextafter(float64(r.IntN(size+6)-3), 100*float64(r.IntN(3)-1))
		case 2:
			special := []float64{
				math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e300, 1 << 31, -1 << 31, 0x1p52 + 0.5, math.Copysign(0, -1), 5e-324,
			}
			return special[r.IntN(len(special))]
		}
		return (r.Float64()*1.6 - 0.3) * float64(size+4)
	}
	for range n {
		row.Across, row.Down = append(row.Across, axis(w)), append(row.Down, axis(h))
	}
	return row
}

// defined returns the pixel at column x and row y: interpolated between four neighbours, which are fill outside the
// image.
func defined(pixels []float32, h, w int, fill float32, x, y float64) float32 {
	if !(x > -2 && x < float64(w+1) && y > -2 && y < float64(h+1)) {
		near := func(s float64) float64 {
			if f := s - math.Floor(s); f >= 0 && f < 1 {
				return f - 2
			}
			return -2
		}
		x, y = near(x), near(y)
	}
	left, top := math.Floor(x), math.Floor(y)
	at := func(x, y float64) float32 {
		if x < 0 || x >= float64(w) || y < 0 || y >= float64(h) {
			return fill
		}
		return pixels[int(y)*w+int(x)]
	}
	u, v := float32(x-left), float32(y-top)
	if u == 0 && v == 0 {
		return at(left, top)
	}
	upper := float32((1-u)*at(left, top)) + float32(u*at(left+1, top))
	lower := float32((1-u)*at(left, top+1)) + float32(u*at(left+1, top+1))
	return float32((1-v)*upper) + float32(v*lower)
}

// A Bordered of one size is reused without allocating, and without what it held before.
func TestBorderedAgain(t *testing.T) {
	var b, fresh Bordered
	b.Set([]float32{1, 2, 3, 4, 5, 6}, 2, 3, 9)
	b.Set([]float32{6, 5, 4, 3, 2, 1}, 2, 3, 8)
	fresh.Set([]float32{6, 5, 4, 3, 2, 1}, 2, 3, 8)
	if !slices.Equal(b.pixels, fresh.pixels) {
		t.Errorf("got %v, want %v", b.pixels, fresh.pixels)
	}
	x := make([]float32, 6)
	kerneltest.CheckAllocations(t, "Set", func() { b.Set(x, 2, 3, 0) })
}

// BenchmarkRow turns images of 28×28, beside plain Go.
func BenchmarkRow(b *testing.B) {
	const h, w = 28, 28
	r := rand.New(rand.NewPCG(1, 32))
	var from Bordered
	from.Set(kerneltest.Normals[float32](r, h*w), h, w, 0)
	row := Row{Across: make([]float64, w), Down: make([]float64, w)}
	for x := range w {
		row.Across[x], row.Down[x] = 0.98*float64(x), -0.17*float64(x)
	}
	y := make([]float32, w)
	kernels.EachVariant(func() {
		b.Run(kernels.Variant(), func(b *testing.B) {
			for b.Loop() {
				for i := range h {
					row.Right, row.Below = 0.17*float64(i), 0.98*float64(i)
					row.Bilinear(y, &from)
				}
			}
		})
	})
}
