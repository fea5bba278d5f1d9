package train

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPercentiles(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ v, want []float64 }{
		{nil, nil},
		{[]float64{7}, []float64{7, 7, 7}},
		{[]float64{3, 1}, []float64{1.3, 2, 2.7}},
		{[]float64{5, 4, 3, 2, 1}, []float64{1.6, 3, 4.4}},
		{[]float64{2, 2, 2, 2}, []float64{2, 2, 2}},
		{[]float64{0, inf}, nil},
		{[]float64{-inf, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, inf}, []float64{1, 1, 1}},
		{[]float64{1, nan, 2}, nil},
	} {
		got := percentiles(slices.Clone(c.v))
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-15*max(1, math.Abs(b)) }) {
			t.Errorf("%v: got %v, want %v", c.v, got, c.want)
		}
	}
	// 0 to 1000 in any order: percentile q is 10·q.
	v := make([]float32, 1001)
	for i, p := range rand.New(rand.NewPCG(1, 2)).Perm(len(v)) {
		v[p] = float32(i)
	}
	if got := percentiles(v); !slices.Equal(got, []float64{150, 500, 850}) {
		t.Errorf("0 to 1000: got %v", got)
	}
}

// partition agrees with sorting, with many equal elements too.
func TestPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-9, 9), rapid.SampledFrom([]float64{0, 1, 1, math.Inf(-1)})), 1, 99).Draw(t, "v")
		k := rapid.IntRange(0, len(v)-1).Draw(t, "k")
		sorted := slices.Sorted(slices.Values(v))
		partition(v, k)
		if v[k] != sorted[k] {
			t.Fatalf("at %d: got %v, want %v", k, v[k], sorted[k])
		}
		if slices.ContainsFunc(v[:k], func(x float64) bool { return x > v[k] }) || slices.ContainsFunc(v[k:], func(x float64) bool { return x < v[k] }) {
			t.Fatalf("not parted at %d: %v", k, v)
		}
		if !slices.Equal(slices.Sorted(slices.Values(v)), sorted) {
			t.Fatalf("other elements: %v", v)
		}
	})
}
