package conv

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestDeinterleave(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for w := 1; w <= 130; w++ {
			for offset := range 8 {
				checkDeinterleave[float32](t, w, 2, offset)
			}
			checkDeinterleave[float32](t, w, 3, 0)
			checkDeinterleave[float64](t, w, 2, 0)
		}
	})
}

// checkDeinterleave deinterleaves one image of width w, and interleaves it again.
func checkDeinterleave[T kernels.Float](t rapid.TB, w, stride, offset int) {
	t.Helper()
	s := Shape{N: 1, C: 1, H: 1, W: w, OutC: 1, KH: 1, KW: 1, StrideH: 1, StrideW: stride, DilH: 1, DilW: 1, Groups: 1}
	f := newIm2col(s, 1)
	x := kerneltest.GuardedNormals[T](t, rand.New(rand.NewPCG(uint64(w), 1)), w, offset)
	deinterleaved, intact := kerneltest.Guarded[T](t, f.deinterleavedSize(), 7-offset)
	deinterleave(f, deinterleaved, x)
	intact("width %d, stride %d: deinterleaved", w, stride)
	for i, v := range x {
		if got := deinterleaved[i%stride*f.phaseWidth+i/stride]; got != v {
			t.Fatalf("width %d, stride %d: element %d deinterleaved as %v, want %v", w, stride, i, got, v)
		}
	}
	back, intact := kerneltest.Guarded[T](t, w, offset)
	interleave(back, deinterleaved, stride, f.phaseWidth, &rowSet{planes: 1, rows: 1, n: w})
	intact("width %d, stride %d: interleaved", w, stride)
	if !slices.Equal(back, x) {
		t.Fatalf("width %d, stride %d: interleaved as %v, want %v", w, stride, back, x)
	}
}

func TestInterleave(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for n := 1; n <= 130; n++ {
			checkInterleave[float32](t, n, 2, n%8)
			checkInterleave[float32](t, n, 3, n%8)
			checkInterleave[float64](t, n, 2, n%8)
		}
	})
}

// checkInterleave interleaves 2 planes of 3 rows of n elements.
func checkInterleave[T kernels.Float](t rapid.TB, n, stride, offset int) {
	t.Helper()
	length := kernels.CeilDiv(n, stride)
	s := &rowSet{planes: 2, rows: 3, n: n, dstRow: n + 3, dstPlane: 4*n + 17, srcRow: length + 1, srcPlane: 5*length + 3}
	phases := s.srcPlane + 2*s.srcRow + length + offset
	src := kerneltest.GuardedNormals[T](t, rand.New(rand.NewPCG(uint64(n), uint64(offset))), stride*phases, offset)
	dst, intact := kerneltest.Guarded[T](t, s.dstPlane+2*s.dstRow+n, 7-offset)
	interleave(dst, src, stride, phases, s)
	intact("n = %d, stride %d", n, stride)
	for p := range s.planes {
		for row := range s.rows {
			for i := range n {
				at := p*s.dstPlane + row*s.dstRow + i
				if want := src[i%stride*phases+p*s.srcPlane+row*s.srcRow+i/stride]; dst[at] != want {
					t.Fatalf("n = %d, stride %d: element %d is %v, want %v", n, stride, at, dst[at], want)
				}
				dst[at] = kerneltest.NaNs[T](1)[0]
			}
		}
	}
	for i, v := range dst {
		if v == v {
			t.Fatalf("n = %d, stride %d: element %d between rows was written", n, stride, i)
		}
	}
}
