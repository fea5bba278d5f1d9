package gemm

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestTranspose(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for n := 1; n <= 130; n++ {
			for offset := range 8 {
				checkTranspose[float32](t, 1+n%19, n, offset)
			}
			checkTranspose[float64](t, 1+n%19, n, n%8)
		}
	})
}

// checkTranspose transposes rows of n elements each, in another order than they lie.
func checkTranspose[T kernels.Float](t rapid.TB, rows, n, offset int) {
	t.Helper()
	b := kerneltest.GuardedNormals[T](t, rand.New(rand.NewPCG(uint64(rows), uint64(n))), rows*n, offset)
	stride := rows + offset
	dst, intact := kerneltest.Guarded[T](t, (n-1)*stride+rows, 7-offset)
	offsets := make([]int32, rows)
	for j := range offsets {
		offsets[j] = int32((rows - 1 - j) * n)
	}
	Transpose(dst, stride, b, offsets, n)
	intact("%d rows of %d", rows, n)
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
