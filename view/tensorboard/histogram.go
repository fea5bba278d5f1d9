package tensorboard

import (
	"math"
	"slices"
	"sync"

	"anneal/internal/wire"
)

// Histogram counts numbers in buckets: bucket i has Counts[i] numbers v with Limits[i−1] ≤ v < Limits[i]. The first
// bucket has all numbers below Limits[0].
type Histogram struct {
	Min, Max, Num, Sum, SumSquares float64

	Limits, Counts []float64 // equally long; a run of empty buckets is one
}

// NewHistogram counts the finite ones of values in TensorFlow's buckets, whose limits grow by a tenth from ±1e-12 to
// ±1e20. Sums are float64.
func NewHistogram[T float32 | float64](values []T) Histogram {
	limits := bucketLimits()
	counts := make([]float64, len(limits))
	h := Histogram{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, value := range values {
		v := float64(value)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		at, exact := slices.BinarySearch(limits, v)
		if exact && at < len(limits)-1 {
			at++ // a limit belongs to the bucket above it
		}
		counts[at]++
		h.Num++
		h.Min, h.Max = min(h.Min, v), max(h.Max, v)
		h.Sum += v
		h.SumSquares += v * v
	}
	if h.Num == 0 {
		h.Min, h.Max = 0, 0
	}
	for i, limit := range limits {
		if last := len(h.Counts) - 1; last >= 0 && counts[i] == 0 && h.Counts[last] == 0 {
			h.Limits[last] = limit
			continue
		}
		h.Limits, h.Counts = append(h.Limits, limit), append(h.Counts, counts[i])
	}
	return h
}

// bucketLimits are TensorFlow's upper limits of buckets: −MaxFloat64 … −1e-12, 0, 1e-12 … MaxFloat64.
var bucketLimits = sync.OnceValue(func() []float64 {
	var above []float64
	for v := 1e-12; v < 1e20; v *= 1.1 {
		above = append(above, v)
	}
	above = append(above, math.MaxFloat64)
	var limits []float64
	for _, v := range slices.Backward(above) {
		limits = append(limits, -v)
	}
	return append(append(limits, 0), above...)
})

func (h Histogram) proto() wire.Message {
	var m wire.Message
	m.Double(1, h.Min)        // min
	m.Double(2, h.Max)        // max
	m.Double(3, h.Num)        // num
	m.Double(4, h.Sum)        // sum
	m.Double(5, h.SumSquares) // sum_squares
	m.Doubles(6, h.Limits)    // bucket_limit
	m.Doubles(7, h.Counts)    // bucket
	return m
}
