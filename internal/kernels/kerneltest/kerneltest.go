// Package kerneltest has what the tests of the kernels share: random numbers, slices with guards, comparisons with
// float64, with plain Go and with PyTorch, and runs with every variant.
package kerneltest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"anneal/internal/kernels"
)

// EachVariant runs f with every set of kernels this machine has.
func EachVariant(t rapid.TB, f func(rapid.TB)) {
	t.Helper()
	kernels.EachVariant(func() { f(t) })
}

func Normals[T kernels.Float](r *rand.Rand, n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.NormFloat64())
	}
	return s
}

// NaNs returns a slice that shows what was not written.
func NaNs[T kernels.Float](n int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(math.NaN())
	}
	return s
}

func Float64s[T kernels.Float](s []T) []float64 {
	if s == nil {
		return nil
	}
	d := make([]float64, len(s))
	for i, v := range s {
		d[i] = float64(v)
	}
	return d
}

// Compare fails unless got is want within what sums of terms products of normal numbers lose to rounding.
func Compare[T kernels.Float](t rapid.TB, name string, got []T, want []float64, terms int) {
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

// Results are what a kernel computes: values, and sums that different orders round differently.
type Results struct {
	Values [][]float32
	Sums   []float64
}

// Reference is what the definition gives, in float64.
type Reference struct {
	Values [][]float64
	Sums   []float64
}

// CompareVariants runs f with every variant and alignment; what names them. Results must agree with the definition
// within 2e-5, and with plain Go's: values within tol, sums within 1e-5. The sums of AVX2 and AVX-512 must have the
// same bits.
func CompareVariants(t rapid.TB, name string, tol float64, want Reference, f func(what string, offset int) Results) {
	t.Helper()
	var plain, vector *Results
	kernels.EachVariant(func() {
		for offset := range 8 {
			what := fmt.Sprintf("%s, %s, offset %d", name, kernels.Variant(), offset)
			got := f(what, offset)
			if plain == nil {
				plain = &got
			}
			for i, v := range got.Values {
				Near(t, fmt.Sprintf("%s: slice %d beside plain Go", what, i), v, plain.Values[i], tol)
				Near(t, fmt.Sprintf("%s: slice %d", what, i), Convert[float64](v), want.Values[i], 2e-5)
			}
			Near(t, what+": sums beside plain Go", got.Sums, plain.Sums, 1e-5)
			Near(t, what+": sums", got.Sums, want.Sums, 2e-5)
			if kernels.Variant() == "generic" {
				continue
			}
			if vector == nil {
				vector = &got
			}
			if !slices.Equal(got.Sums, vector.Sums) {
				t.Fatalf("%s: sums %v, want %v", what, got.Sums, vector.Sums)
			}
		}
	})
}

// SameBits fails unless compute gives the same bits with any number of processors, and with AVX2 and AVX-512.
func SameBits(t *testing.T, what string, compute func() []float32) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var want []float32
	for _, n := range []int{1, 2, 3, 64} {
		runtime.GOMAXPROCS(n)
		got := compute()
		if n == 1 {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d processors give other bits than one", what, n)
		}
	}
	want = nil
	kernels.EachVariant(func() {
		if kernels.Variant() == "generic" {
			return
		}
		got := compute()
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: AVX2 and AVX-512 give different bits", what)
		}
	})
}

func CheckAllocations(t *testing.T, name string, step func()) {
	t.Helper()
	if got := testing.AllocsPerRun(20, step); got != 0 {
		t.Errorf("%s: a step makes %v allocations, want none", name, got)
	}
}

// Guarded returns a slice of n elements at an offset in memory, with guards on both sides. They are NaN, so that the
// results of a kernel that reads one show it. intact fails if one was written; its arguments say what was computed.
func Guarded[T kernels.Float](t rapid.TB, n, offset int) (s []T, intact func(format string, arguments ...any)) {
	const guard = 70
	all := NaNs[T](guard + offset + n + guard)
	s = all[guard+offset:][:n:n]
	return s, func(format string, arguments ...any) {
		t.Helper()
		for i, v := range all {
			if at := i - guard - offset; (at < 0 || at >= n) && v == v {
				t.Fatalf("%s: element %d of %d was written", fmt.Sprintf(format, arguments...), at, n)
			}
		}
	}
}

// GuardedNormals returns guarded random numbers.
func GuardedNormals[T kernels.Float](t rapid.TB, r *rand.Rand, n, offset int) []T {
	s, _ := Guarded[T](t, n, offset)
	copy(s, Normals[T](r, n))
	return s
}

// Measure runs f, of times n floating-point operations, and reports its best rate: the machine may be busy with other
// things.
func Measure(b *testing.B, n int, f func(), times int) {
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(n*times)/float64(best.Nanoseconds()), "GFLOP/s")
}
