package conv

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestRows(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for n := 1; n <= 130; n++ {
			for offset := range 8 {
				checkRows[float32](t, n, offset)
			}
			checkRows[float64](t, n, n%8)
		}
	})
}

// checkRows copies and adds 2 planes of 3 rows of n elements.
func checkRows[T kernels.Float](t rapid.TB, n, offset int) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(n), uint64(offset)))
	s := &rowSet{planes: 2, rows: 3, n: n, dstRow: n + 3, dstPlane: 4*n + 17, srcRow: n + 1, srcPlane: 5*n + 3}
	src := kerneltest.GuardedNormals[T](t, r, s.srcPlane+2*s.srcRow+n, offset)
	dst, intact := kerneltest.Guarded[T](t, s.dstPlane+2*s.dstRow+n, 7-offset)
	each := func(f func(at int, x T)) {
		for p := range s.planes {
			for row := range s.rows {
				for i := range n {
					f(p*s.dstPlane+row*s.dstRow+i, src[p*s.srcPlane+row*s.srcRow+i])
				}
			}
		}
	}
	copyRows(dst, src, s)
	each(func(at int, x T) {
		if dst[at] != x {
			t.Fatalf("copyRows, n = %d: element %d is %v, want %v", n, at, dst[at], x)
		}
	})
	addRows(dst, src, s)
	each(func(at int, x T) {
		if dst[at] != x+x {
			t.Fatalf("addRows, n = %d: element %d is %v, want %v", n, at, dst[at], x+x)
		}
		dst[at] = kerneltest.NaNs[T](1)[0]
	})
	intact("n = %d, offset %d", n, offset)
	for i, v := range dst {
		if v == v {
			t.Fatalf("n = %d: element %d between rows was written", n, i)
		}
	}
}
