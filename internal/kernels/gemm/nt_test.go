package gemm

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestNT(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for n := 1; n <= 130; n++ {
			checkNT[float32](t, 1+n%13, 1+n%9, n, n%8, n%2 == 0)
			checkNT[float64](t, 1+n%13, 1+n%9, n, n%8, n%2 == 0)
			checkNT[float32](t, 60+n%13, 1+n%90, 4*n, n%8, n%2 == 0) // many rows: by NN
		}
	})
}

func TestNTRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(high int, name string) int { return rapid.IntRange(1, high).Draw(t, name) }
		m, cols, length, offset, add := n(80, "m"), n(80, "columns"), n(1500, "n"), n(8, "offset"),
			rapid.Bool().Draw(t, "add")
		kerneltest.EachVariant(t, func(t rapid.TB) { checkNT[float32](t, m, cols, length, offset, add) })
	})
}

// checkNT compares the dot products of m and cols rows of length n with the definition.
func checkNT[T kernels.Float](t rapid.TB, m, cols, n, offset int, hasAdd bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(m*cols), uint64(n)))
	lda, ldc := n+offset, cols+offset
	a := kerneltest.GuardedNormals[T](t, r, (m-1)*lda+n, offset)
	b := kerneltest.GuardedNormals[T](t, r, cols*n, 7-offset%8)
	c, intact := kerneltest.Guarded[T](t, (m-1)*ldc+cols, offset)
	offsets := make([]int32, cols)
	for j := range offsets {
		offsets[j] = int32((cols - 1 - j) * n)
	}
	var add, old []T
	if hasAdd {
		for i := range m {
			copy(c[i*ldc:][:cols], kerneltest.Normals[T](r, cols))
		}
		add, old = c, append([]T(nil), c...)
	}
	NT(c, ldc, a, lda, b, offsets, m, n, add, ldc, -1)
	intact("NT %d×%d, length %d", m, cols, n)
	for i := range m {
		want := make([]float64, cols)
		for j := range want {
			for p := range n {
				want[j] += float64(a[i*lda+p]) * float64(b[int(offsets[j])+p])
			}
			if hasAdd {
				want[j] += float64(old[i*ldc+j])
			}
			want[j] = max(want[j], -1)
		}
		kerneltest.Compare(t, "c", c[i*ldc:][:cols], want, n)
		for _, v := range c[i*ldc+cols : min((i+1)*ldc, len(c))] {
			if v == v {
				t.Fatalf("%d×%d: wrote between rows", m, cols)
			}
		}
	}
}
