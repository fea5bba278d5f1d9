package kernels

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestDeal(t *testing.T) {
	eachVariant(t, func(t rapid.TB) {
		for w := 1; w <= 130; w++ {
			for offset := range 8 {
				checkDeal[float32](t, w, 2, offset)
			}
			checkDeal[float32](t, w, 3, 0)
			checkDeal[float64](t, w, 2, 0)
		}
	})
}

// checkDeal deals one image of width w, and collects it.
func checkDeal[T Float](t rapid.TB, w, stride, offset int) {
	t.Helper()
	s := ConvShape{N: 1, C: 1, H: 1, W: w, OutC: 1, KH: 1, KW: 1, StrideH: 1, StrideW: stride, DilH: 1, DilW: 1, Groups: 1}
	f := newFold(s, 1)
	x := guardedNormals[T](t, rand.New(rand.NewPCG(uint64(w), 1)), w, offset)
	dealt, intact := guarded[T](t, f.dealtSize(), 7-offset)
	deal(f, dealt, x, w)
	intact()
	for i, v := range x {
		if got := dealt[i%stride*f.dealt+i/stride]; got != v {
			t.Fatalf("width %d, stride %d: element %d dealt as %v, want %v", w, stride, i, got, v)
		}
	}
	back, intact := guarded[T](t, w, offset)
	collect(f, back, dealt)
	intact()
	if !slices.Equal(back, x) {
		t.Fatalf("width %d, stride %d: collected %v, want %v", w, stride, back, x)
	}
}
