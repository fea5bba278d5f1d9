package kernels

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestCorrelate(t *testing.T) {
	eachVariant(t, func(t rapid.TB) {
		for taps := 1; taps <= 30; taps++ {
			for n := lanes; n <= 130; n += lanes {
				checkCorrelate[float32](t, taps, n, (taps+n/lanes)%8, taps%2 == 0)
			}
			checkCorrelate[float64](t, taps, 3*lanes, taps%8, taps%2 == 0)
		}
	})
}

func checkCorrelate[T Float](t rapid.TB, taps, n, offset int, resume bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(taps), uint64(n)))
	const origin = 5
	x, w := guardedNormals[T](t, r, n, offset), guardedNormals[T](t, r, taps, offset)
	dy := guardedNormals[T](t, r, origin+n+3*(taps-1), 7-offset)
	offsets := make([]int32, taps)
	for i := range offsets {
		offsets[i] = int32(3 * (taps - 1 - i))
	}
	dx, intact := guarded[T](t, n, offset)
	dw, intactW := guarded[T](t, taps, 7-offset)
	copy(dw, normals[T](r, taps))
	wantX, wantW := make([]float64, n), float64s(dw)
	if resume {
		copy(dx, normals[T](r, n))
		wantX = float64s(dx)
	}
	for i, o := range offsets {
		for p := range n {
			v := float64(dy[origin+int(o)+p])
			wantX[p] += float64(w[i]) * v
			wantW[i] += float64(x[p]) * v
		}
	}
	correlate(dx, dw, x, w, dy, origin, offsets, n, resume)
	intact()
	intactW()
	compare(t, "dx", dx, wantX, taps)
	compare(t, "dw", dw, wantW, n)
}
