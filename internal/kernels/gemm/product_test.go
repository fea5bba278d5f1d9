package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
	"anneal/internal/kernels/kerneltest"
)

func TestProduct(t *testing.T) {
	kerneltest.EachVariant(t, func(t rapid.TB) {
		testProduct[float32](t, 1e-5)
		testProduct[float64](t, 1e-13)
	})
}

func testProduct[T kernels.Float](t rapid.TB, tol float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(n int) []T {
		v := make([]T, n)
		for i := range v {
			v[i] = T(rng.NormFloat64())
		}
		return v
	}
	for _, s := range [][3]int{
		{1, 1, 1}, {3, 5, 7}, {17, 33, 9}, {64, 100, 65}, {130, 7, 128}, {1, 70, 300}, {200, 130, 70},
	} {
		m, n, k := s[0], s[1], s[2]
		p := NewProduct[T](m, n, k)
		a, b, before := random(m*k), random(k*n), random(m*n)
		for name, c := range map[string]struct {
			run  func(c, a, b []T, add bool)
			a, b func(row, col int) int
		}{
			"AB":  {p.AB, func(i, l int) int { return i*k + l }, func(l, j int) int { return l*n + j }},
			"ATB": {p.ATB, func(i, l int) int { return l*m + i }, func(l, j int) int { return l*n + j }},
			"ABT": {p.ABT, func(i, l int) int { return i*k + l }, func(l, j int) int { return j*k + l }},
		} {
			for _, add := range []bool{false, true} {
				got := append([]T(nil), before...)
				c.run(got, a, b, add)
				for i := range m {
					for j := range n {
						want, size := 0.0, 1.0
						if add {
							want = float64(before[i*n+j])
						}
						for l := range k {
							term := float64(a[c.a(i, l)]) * float64(b[c.b(l, j)])
							want += term
							size += math.Abs(term)
						}
						if diff := math.Abs(float64(got[i*n+j]) - want); !(diff <= tol*size) {
							t.Fatalf("%s %v, add %v: c[%d,%d] = %v, want %v", name, s, add, i, j, got[i*n+j], want)
						}
					}
				}
				if allocated := testing.AllocsPerRun(5, func() { c.run(got, a, b, add) }); allocated != 0 {
					t.Error(fmt.Sprint(name, " allocates ", allocated))
				}
			}
		}
	}
}
