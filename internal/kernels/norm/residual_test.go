package norm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/kernels/kerneltest"
)

// TestFusedPasses holds passes that do several things at once to the bits of these, one after the other, at every size
// of a plane: a ReLU's gate by y and by x, and the sum and the gradients of a residual connection.
func TestFusedPasses(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for size := 1; size <= 130; size++ {
			checkFusedPasses(t, size)
		}
	})
}

func checkFusedPasses(t rapid.TB, size int) {
	t.Helper()
	const planes, channels, ch = 5, 3, 2
	r := rand.New(rand.NewPCG(1, uint64(size)))
	maps := randomMaps(r, channels)
	n, offset := planes*size, size%8
	x, other := kerneltest.GuardedNormals[float32](t, r, n, offset), kerneltest.GuardedNormals[float32](t, r, n, 3)
	dy, more := kerneltest.GuardedNormals[float32](t, r, n, 5), kerneltest.GuardedNormals[float32](t, r, n, 7-offset)
	got, intact := kerneltest.Guarded[float32](t, n, offset)
	want, y := make([]float32, n), make([]float32, n)
	gotSums, wantSums := make([]moments, planes), make([]moments, planes)
	check := func(what string) {
		t.Helper()
		intact("planes of %d: %s", size, what)
		if !slices.Equal(got, want) || !slices.Equal(gotSums, wantSums) {
			t.Fatalf("planes of %d: %s: got %v %v, want %v %v", size, what, got, gotSums, want, wantSums)
		}
	}
	scaleShift(y, x, nil, maps, ch, size, true)
	scaleShiftReduce(wantSums, dy, x, y, true, maps, ch, size)
	scaleShiftBackward(want, dy, x, y, true, maps, ch, size)
	scaleShiftReduce(gotSums, dy, x, nil, true, maps, ch, size)
	scaleShiftBackward(got, dy, x, nil, true, maps, ch, size)
	check("gated by x")
	for _, relu := range []bool{false, true} {
		scaleShift(got, x, other, maps, ch, size, relu)
		scaleShift(want, x, nil, maps, ch, size, false)
		elementwise.Add(want, want, other)
		var gate []float32
		if relu {
			elementwise.ReLU(want, want)
			gate = slices.Clone(want)
		}
		check(fmt.Sprint("the sum with ReLU ", relu))
		for _, more := range [][]float32{nil, more} {
			residualReduce(gotSums, got, dy, more, x, gate, maps, ch, size)
			copy(want, dy)
			if more != nil {
				elementwise.Add(want, dy, more)
			}
			if relu {
				elementwise.ReLUBackward(want, want, gate)
			}
			scaleShiftReduce(wantSums, want, x, nil, false, maps, ch, size)
			check(fmt.Sprint("the gradients with ReLU ", relu, " and a second term ", more != nil))
		}
	}
}
