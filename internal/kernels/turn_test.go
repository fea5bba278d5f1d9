package kernels

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestTurn(t *testing.T) {
	eachVariant(t, func(t rapid.TB) {
		for n := 1; n <= 130; n++ {
			for offset := range 8 {
				checkTurn[float32](t, 1+n%19, n, offset)
			}
			checkTurn[float64](t, 1+n%19, n, n%8)
		}
	})
}

// checkTurn turns rows of n elements each, in another order than they lie.
func checkTurn[T Float](t rapid.TB, rows, n, offset int) {
	t.Helper()
	b := guardedNormals[T](t, rand.New(rand.NewPCG(uint64(rows), uint64(n))), rows*n, offset)
	stride := rows + offset
	dst, intact := guarded[T](t, (n-1)*stride+rows, 7-offset)
	offsets := make([]int32, rows)
	for j := range offsets {
		offsets[j] = int32((rows - 1 - j) * n)
	}
	turn(dst, stride, b, offsets, n)
	intact()
	for i, got := range dst {
		k, j := i/stride, i%stride
		if j >= rows {
			if got == got {
				t.Fatalf("%d rows of %d: wrote between rows", rows, n)
			}
		} else if want := b[int(offsets[j])+k]; got != want {
			t.Fatalf("%d rows of %d: row %d's element %d is %v, want %v", rows, n, j, k, got, want)
		}
	}
}
