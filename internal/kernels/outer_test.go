package kernels

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// guarded returns a slice of n elements at an offset in memory, with guards on both sides: NaN, so that a kernel that
// reads one shows it. intact fails if one was written.
func guarded[T Float](t rapid.TB, n, offset int) (s []T, intact func()) {
	const guard = 70
	all := nans[T](guard + offset + n + guard)
	s = all[guard+offset:][:n:n]
	return s, func() {
		t.Helper()
		for i, v := range all {
			if at := i - guard - offset; (at < 0 || at >= n) && v == v {
				t.Fatalf("element %d of %d was written", at, n)
			}
		}
	}
}

// guardedNormals returns guarded random numbers.
func guardedNormals[T Float](t rapid.TB, r *rand.Rand, n, offset int) []T {
	s, _ := guarded[T](t, n, offset)
	copy(s, normals[T](r, n))
	return s
}

func TestOuter(t *testing.T) {
	eachVariant(t, func(t rapid.TB) {
		for n := 1; n <= 130; n++ {
			checkOuter[float32](t, 1+n%13, n, 1+n%7, n%8, n%2 == 0, n%3 == 0)
			checkOuter[float64](t, 1+n%13, n, 1+n%7, n%8, n%2 == 0, n%3 == 0)
		}
		// Many rows, for which columns of B are copied, and depths that are cut into pieces.
		for n := 1; n <= 130; n += 3 {
			checkOuter[float32](t, 60+n%13, n, 250+4*n, n%8, n%2 == 0, n%3 == 0)
		}
	})
}

func TestOuterRandomShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(high int, name string) int { return rapid.IntRange(1, high).Draw(t, name) }
		m, cols, depth, offset, biases := n(80, "m"), n(300, "n"), n(40, "k"), n(8, "offset"), rapid.IntRange(0, 3).Draw(t, "biases")
		eachVariant(t, func(t rapid.TB) { checkOuter[float32](t, m, cols, depth, offset, biases&1 != 0, biases&2 != 0) })
	})
}

// checkOuter compares an m×n product of the given depth with the definition.
func checkOuter[T Float](t rapid.TB, m, n, depth, offset int, hasRowBias, hasColBias bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(m*n), uint64(depth)))
	lda, ldc := depth+offset, n+offset
	a := guardedNormals[T](t, r, (m-1)*lda+depth, offset)
	b := guardedNormals[T](t, r, depth*n, 7-offset%8)
	c, intact := guarded[T](t, (m-1)*ldc+n, offset)
	table := make([]pair, depth)
	for k := range table {
		table[k] = pair{int32(k), int32((depth - 1 - k) * n)} // B upside down
	}
	var rowBias, colBias []T
	if hasRowBias {
		rowBias = guardedNormals[T](t, r, m, offset)
	}
	if hasColBias {
		colBias = guardedNormals[T](t, r, n, offset)
	}
	outer(c, ldc, a, lda, b, table, m, n, rowBias, colBias, -1)
	intact()
	sums, intact := guarded[T](t, (m-1)*ldc+n, offset)
	for i := range sums {
		sums[i] = 1
	}
	addOuter(sums, ldc, a, lda, b, table, m, n, true)
	intact()
	for i := range m {
		want, more := make([]float64, n), make([]float64, n)
		for j := range want {
			for _, k := range table {
				want[j] += float64(a[i*lda+int(k.a)]) * float64(b[int(k.b)+j])
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
		compare(t, "c", c[i*ldc:][:n], want, depth)
		compare(t, "c added to", sums[i*ldc:][:n], more, depth)
		for _, v := range c[i*ldc+n : min((i+1)*ldc, len(c))] {
			if v == v {
				t.Fatalf("%d×%d: wrote between rows", m, n)
			}
		}
	}
}

// NaN passes through the ReLU, and a zero's sign through a floor of zero.
func TestOuterNaN(t *testing.T) {
	eachVariant(t, func(t rapid.TB) {
		b := []float32{float32(math.NaN()), -1, float32(math.Inf(-1)), float32(math.Inf(1)), 2}
		c := make([]float32, 5)
		outer(c, 5, []float32{1}, 0, b, []pair{{}}, 1, 5, nil, nil, 0)
		if c[0] == c[0] || c[1] != 0 || c[2] != 0 || !math.IsInf(float64(c[3]), 1) || c[4] != 2 {
			t.Errorf("max(0, %v) = %v", b, c)
		}
	})
}
