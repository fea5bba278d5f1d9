package pool

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels/kerneltest"
)

// drawShape draws a geometry with any settings that gives at least one output.
func drawShape(t *rapid.T) Shape {
	for {
		n := func(low, high int, name string) int { return rapid.IntRange(low, high).Draw(t, name) }
		s := Shape{N: 2, C: 2, H: n(1, 9, "H"), W: n(1, 9, "W")}
		if rapid.Bool().Draw(t, "adaptive") {
			s.OutH, s.OutW = n(1, 12, "OutH"), n(1, 12, "OutW")
			return s
		}
		s.KH, s.KW, s.StrideH, s.StrideW = n(1, 4, "KH"), n(1, 4, "KW"), n(1, 4, "StrideH"), n(1, 4, "StrideW")
		s.PadH, s.PadW, s.MoreH, s.MoreW = n(0, s.KH/2, "PadH"), n(0, s.KW/2, "PadW"), n(0, 1, "MoreH"), n(0, 1, "MoreW")
		s.DilH, s.DilW, s.Ceil = n(0, 3, "DilH"), n(0, 3, "DilW"), rapid.Bool().Draw(t, "Ceil")
		rows, columns := s.axes()
		if rows.dilation*(s.KH-1) < s.H+2*s.PadH+s.MoreH && columns.dilation*(s.KW-1) < s.W+2*s.PadW+s.MoreW {
			return s
		}
	}
}

// TestSpans compares the places of windows with the definition.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		oh, _ := s.Out()
		rows, _ := s.spans()
		for oy := range oh {
			var want []int
			if s.adaptive() {
				for i := oy * s.H / oh; i*oh < (oy+1)*s.H; i++ {
					want = append(want, i)
				}
			} else {
				for k := range s.KH {
					if i := oy*s.StrideH - s.PadH + k*max(s.DilH, 1); i >= 0 && i < s.H {
						want = append(want, i)
					}
				}
			}
			var got []int
			for i := rows[oy].from; i < rows[oy].to; i += rows[oy].step {
				got = append(got, i)
			}
			if !slices.Equal(got, want) || len(got) != rows[oy].n {
				t.Fatalf("%+v: row %d of the result has the rows %v (%d), want %v", s, oy, got, rows[oy].n, want)
			}
		}
		if last := oh - 1; !s.adaptive() && s.Ceil && last > 0 && last*s.StrideH >= s.H+s.PadH {
			t.Fatalf("%+v: the last of %d windows begins behind x", s, oh)
		}
	})
}

func TestDivisors(t *testing.T) {
	s := Shape{N: 1, C: 1, H: 1, W: 4, KH: 1, KW: 3, StrideH: 1, StrideW: 2, PadW: 1, Ceil: true}
	x := []float64{6, 12, 24, 30}
	for _, c := range []struct {
		d Divisor
		y []float64
	}{
		{Divisor{}, []float64{6, 22, 15}}, // the last window reaches one place beyond the padding
		{Divisor{ExcludePad: true}, []float64{9, 22, 30}},
		{Divisor{Override: 2}, []float64{9, 33, 15}},
		{Divisor{ExcludePad: true, Override: -3}, []float64{-6, -22, -10}},
	} {
		y := kerneltest.NaNs[float64](3)
		NewAverageBy[float64](s, c.d).Forward(y, x)
		kerneltest.Near(t, "means", y, c.y, 1e-15)
	}
}

// Backward of any average is the transposition of Forward, and that of a maximum takes each dy to one place.
func TestWindowsAdjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShape(t)
		oh, ow := s.Out()
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		x, dy := kerneltest.Normals[float64](r, 4*s.H*s.W), kerneltest.Normals[float64](r, 4*oh*ow)
		y, dx := kerneltest.NaNs[float64](len(dy)), kerneltest.NaNs[float64](len(x))
		d := Divisor{ExcludePad: rapid.Bool().Draw(t, "exclude"), Override: rapid.IntRange(0, 2).Draw(t, "override")}
		average := s
		average.DilH, average.DilW = 0, 0
		if s.adaptive() || s.KH <= s.H && s.KW <= s.W {
			oh, ow := average.Out()
			y, dy := kerneltest.NaNs[float64](4*oh*ow), kerneltest.Normals[float64](r, 4*oh*ow)
			p := NewAverageBy[float64](average, d)
			p.Forward(y, x)
			p.Backward(dx, dy)
			got, want := kerneltest.DotProduct(y, dy), kerneltest.DotProduct(x, dx)
			kerneltest.Near(t, "⟨y, dy⟩", []float64{got}, []float64{want}, 1e-11)
		}
		p := NewMax[float64](s)
		p.Forward(y, x)
		p.Backward(dx, dy)
		sum := 0.0
		for i, v := range y {
			if at := p.arg[i]; at >= 0 {
				sum += dy[i]
				if x[i/(oh*ow)*s.H*s.W+int(at)] != v {
					t.Fatalf("%+v: maximum %d is %v, which is not at place %d", s, i, v, at)
				}
			}
		}
		kerneltest.Near(t, "the sum of dx", []float64{kerneltest.DotProduct(dx, onesLike(dx))}, []float64{sum}, 1e-11)
	})
}

func onesLike(s []float64) []float64 {
	ones := make([]float64, len(s))
	for i := range ones {
		ones[i] = 1
	}
	return ones
}
