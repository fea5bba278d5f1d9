package gemm

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestNN(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		for n := 1; n <= 130; n++ {
			checkNN[float32](t, 1+n%13, n, 1+n%7, n%8, n%2 == 0, n%3 == 0)
			checkNN[float64](t, 1+n%13, n, 1+n%7, n%8, n%2 == 0, n%3 == 0)
		}
		// Many rows, for which columns of B are copied, and depths that are cut into blocks.
		for n := 1; n <= 130; n += 3 {
			checkNN[float32](t, 60+n%13, n, 250+4*n, n%8, n%2 == 0, n%3 == 0)
		}
	})
}

func TestNNRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(high int, name string) int { return rapid.IntRange(1, high).Draw(t, name) }
		m, cols, depth, offset, biases := n(80, "m"), n(300, "n"), n(40, "k"), n(8, "offset"),
			rapid.IntRange(0, 3).Draw(t, "biases")
		kerneltest.EachVariant(t, func(t rapid.TB) {
			checkNN[float32](t, m, cols, depth, offset, biases&1 != 0,
				biases&2 != 0)
		})
	})
}

// checkNN compares an m×n product of the given depth with the definition.
func checkNN[T kernels.Float](t rapid.TB, m, n, depth, offset int, hasRowBias, hasColBias bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(m*n), uint64(depth)))
	lda, ldc := depth+offset, n+offset
	a := kerneltest.GuardedNormals[T](t, r, (m-1)*lda+depth, offset)
	b := kerneltest.GuardedNormals[T](t, r, depth*n, 7-offset%8)
	c, intact := kerneltest.Guarded[T](t, (m-1)*ldc+n, offset)
	table := make([]Pair, depth)
	for k := range table {
		table[k] = Pair{int32(k), int32((depth - 1 - k) * n)} // B upside down
	}
	var rowBias, colBias []T
	if hasRowBias {
		rowBias = kerneltest.GuardedNormals[T](t, r, m, offset)
	}
	if hasColBias {
		colBias = kerneltest.GuardedNormals[T](t, r, n, offset)
	}
	NN(c, ldc, a, lda, b, table, m, n, rowBias, colBias, -1)
	intact("NN %d×%d, depth %d", m, n, depth)
	sums, intact := kerneltest.Guarded[T](t, (m-1)*ldc+n, offset)
	for i := range sums {
		sums[i] = 1
	}
	AddNN(sums, ldc, a, lda, b, table, m, n, true)
	intact("AddNN %d×%d, depth %d", m, n, depth)
	for i := range m {
		want, more := make([]float64, n), make([]float64, n)
		for j := range want {
			for _, k := range table {
				want[j] += float64(a[i*lda+int(k.A)]) * float64(b[int(k.B)+j])
			}
			more[j] = 1 + want[j]
			if hasRowBias {
				want[j] += float64(rowBias[i])
			}
			if hasColBias {
				want[j] += float64(colBias[j])
			}
			want[j] = max(want[j], -1)
		}
		kerneltest.Compare(t, "c", c[i*ldc:][:n], want, depth)
		kerneltest.Compare(t, "c added to", sums[i*ldc:][:n], more, depth)
		for _, v := range c[i*ldc+n : min((i+1)*ldc, len(c))] {
			if v == v {
				t.Fatalf("%d×%d: wrote between rows", m, n)
			}
		}
	}
}

// NaN passes through the ReLU, and a zero's sign through a lower of zero.
func TestNNNaN(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		b := []float32{float32(math.NaN()), -1, float32(math.Inf(-1)), float32(math.Inf(1)), 2}
		c := make([]float32, 5)
		NN(c, 5, []float32{1}, 0, b, []Pair{{}}, 1, 5, nil, nil, 0)
		if c[0] == c[0] || c[1] != 0 || c[2] != 0 || !math.IsInf(float64(c[3]), 1) || c[4] != 2 {
			t.Errorf("max(0, %v) = %v", b, c)
		}
	})
}
