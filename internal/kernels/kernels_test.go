package kernels

import (
	"math"
	"math/rand/v2"
	"unsafe"

	"pgregory.net/rapid"
)

// eachVariant runs f with every set of kernels this machine has.
func eachVariant(t rapid.TB, f func(rapid.TB)) {
	t.Helper()
	defer func(v variant) { active = v }(active)
	for active = generic; active <= bestVariant(); active++ {
		f(t)
	}
}

func normals[T Float](r *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.NormFloat64())
	}
	return s
}

// nans returns a slice that shows what was not written.
func nans[T Float](n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(math.NaN())
	}
	return s
}

func float64s[T Float](s []T) []float64 {
	if s == nil {
		return nil
	}
	d := make([]float64, len(s))
	for i, v := range s {
		d[i] = float64(v)
	}
	return d
}

// compare fails unless got is want within what sums of terms products of normal numbers lose to rounding.
func compare[T Float](t rapid.TB, name string, got []T, want []float64, terms int) {
	t.Helper()
	eps := 0x1p-23
	if unsafe.Sizeof(T(0)) == 8 {
		eps = 0x1p-52
	}
	for i, v := range got {
		tol := 4 * eps * (float64(terms) + 8)
		if diff := math.Abs(float64(v) - want[i]); !(diff <= tol) {
			t.Fatalf("%s[%d] = %v, want %v: off by %.3g, at most %.3g allowed", name, i, v, want[i], diff, tol)
		}
	}
}
