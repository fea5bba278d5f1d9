package conv

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestCorrelate(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for taps := 1; taps <= 30; taps++ {
			for n := kernels.Lanes; n <= 130; n += kernels.Lanes {
				checkCorrelate[float32](t, taps, n, (taps+n/kernels.Lanes)%8, taps%2 == 0)
			}
			checkCorrelate[float64](t, taps, 3*kernels.Lanes, taps%8, taps%2 == 0)
		}
	})
}

func checkCorrelate[T kernels.Float](t rapid.TB, taps, n, offset int, resume bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(taps), uint64(n)))
	const origin = 5
	x, w := kerneltest.GuardedNormals[T](t, r, n, offset), kerneltest.GuardedNormals[T](t, r, taps, offset)
	dy := kerneltest.GuardedNormals[T](t, r, origin+n+3*(taps-1), 7-offset)
	offsets := make([]int32, taps)
	for i := range offsets {
		offsets[i] = int32(3 * (taps - 1 - i))
	}
	dx, intact := kerneltest.Guarded[T](t, n, offset)
	dw, intactW := kerneltest.Guarded[T](t, taps, 7-offset)
	copy(dw, kerneltest.Normals[T](r, taps))
	wantX, wantW := make([]float64, n), kerneltest.Float64s(dw)
	if resume {
		copy(dx, kerneltest.Normals[T](r, n))
		wantX = kerneltest.Float64s(dx)
	}
	for i, o := range offsets {
		for p := range n {
			v := float64(dy[origin+int(o)+p])
			wantX[p] += float64(w[i]) * v
			wantW[i] += float64(x[p]) * v
		}
	}
	correlate(dx, dw, x, w, dy, origin, offsets, n, resume)
	intact("dx of %d taps, n = %d", taps, n)
	intactW("dw of %d taps, n = %d", taps, n)
	kerneltest.Compare(t, "dx", dx, wantX, taps)
	kerneltest.Compare(t, "dw", dw, wantW, n)
}
