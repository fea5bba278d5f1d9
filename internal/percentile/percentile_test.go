package percentile

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
		got := Of(c.v)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-15*max(1, math.Abs(b)) }) {
			t.Errorf("%v: got %v, want %v", c.v, got, c.want)
		}
	}
	// 0 to 1000 in any order: percentile q is 10·q.
	v := make([]float32, 1001)
	for i, p := range rand.New(rand.NewPCG(1, 2)).Perm(len(v)) {
		v[p] = float32(i)
	}
	if got := Of(v); !slices.Equal(got, []float64{150, 500, 850}) {
		t.Errorf("0 to 1000: got %v", got)
	}
}

// Sorting all gives the same, with many equal elements, tiny and huge ones too.
func TestPercentilesSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.OneOf(rapid.Float64Range(-9, 9), rapid.Float64Range(-1e300, 1e300),
			rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, 1, -1e-300, 1e-50}))
		v := rapid.SliceOfN(elements, 1, 99).Draw(t, "v")
		got, sorted := Of(v), slices.Sorted(slices.Values(v))
		for i, q := range []float64{0.15, 0.5, 0.85} {
			low, share := math.Modf(q * float64(len(v)-1))
			want := sorted[int(low)]
			if share > 0 {
				want += share * (sorted[int(low)+1] - want)
			}
			if !(math.Abs(got[i]-want) <= 1e-9*math.Abs(want)) {
				t.Fatalf("percentile %v: got %v, want %v", 100*q, got[i], want)
			}
		}
	})
}
