package tensorboard

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestBucketLimits(t *testing.T) {
	limits := bucketLimits()
	// 1e-12·1.1^n < 1e20 for n ≤ 773; twice that and ±MaxFloat64, and 0.
	if len(limits) != 2*(774+1)+1 || limits[0] != -math.MaxFloat64 || limits[775] != 0 || limits[776] != 1e-12 ||
		limits[1550] != math.MaxFloat64 {
		t.Errorf("got %d limits from %g to %g", len(limits), limits[0], limits[len(limits)-1])
	}
	if !slices.IsSorted(limits) {
		t.Error("the limits do not rise")
	}
}

// Every finite number is in one bucket, the one that its value says.
func TestHistogram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-3, 3),
			rapid.SampledFrom([]float64{
				0, 1e-12, -1e-12, 1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64,
			}))
		values := rapid.SliceOf(number).Draw(t, "values")
		h := NewHistogram(values)
		values = slices.DeleteFunc(values, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
		if h.Num != float64(len(values)) || len(h.Limits) != len(h.Counts) || len(h.Limits) == 0 ||
			h.Limits[len(h.Limits)-1] != math.MaxFloat64 {
			t.Fatalf("got %+v", h)
		}
		var sum, squares float64
		for _, v := range values {
			sum += v
			squares += v * v
		}
		if len(values) > 0 && (h.Min != slices.Min(values) || h.Max != slices.Max(values)) || !same(h.Sum, sum) ||
			!same(h.SumSquares, squares) {
			t.Fatalf("got %+v, want min %v, max %v, sum %v, sum of squares %v",
				h, slices.Min(values), slices.Max(values), sum, squares)
		}
		below := math.Inf(-1)
		for i, limit := range h.Limits {
			want := 0.0
			for _, v := range values {
				if v >= below && (v < limit || limit == math.MaxFloat64) {
					want++
				}
			}
			if h.Counts[i] != want {
				t.Fatalf("%v to %v: got %v, want %v", below, limit, h.Counts[i], want)
			}
			if i > 0 && h.Counts[i] == 0 && h.Counts[i-1] == 0 {
				t.Fatalf("two empty buckets up to %v", limit)
			}
			below = limit
		}
	})
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
