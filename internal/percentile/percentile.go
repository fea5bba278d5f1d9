// Package percentile finds percentiles of many numbers without sorting them.
package percentile

import (
	"math"
	"slices"
)

// Of returns the 15th, 50th and 85th percentiles of v, nil unless all are finite. It interpolates linearly
// between two values: of n values in order, counted from 0, percentile q is the one at place q/100·(n−1).
//
// Two passes over v find the few values around those places, instead of sorting all: the first counts by the leading
// bits.
func Of[T float32 | float64](v []T) []float64 {
	if len(v) == 0 {
		return nil
	}
	counts := make([]int, 1<<leading)
	for _, x := range v {
		if x != x {
			return nil
		}
		counts[bin(x)]++
	}
	var places []float64
	var ranks []int
	for _, q := range []float64{15, 50, 85} {
		place := q / 100 * float64(len(v)-1)
		places = append(places, place)
		ranks = append(ranks, int(place), min(int(place)+1, len(v)-1))
	}
	around := neighbours(v, counts, slices.Compact(slices.Sorted(slices.Values(ranks))))
	var list []float64
	for _, place := range places {
		low := int(place)
		p := float64(around[low])
		if share := place - float64(low); share > 0 {
			p += share * (float64(around[low+1]) - p)
		}
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil
		}
		list = append(list, p)
	}
	return list
}

// leading is the number of bits that name a bin: sign, exponent and the first of the fraction, as a float32 has them.
const leading = 14

// bin returns the bin of a number: that of a larger one is the same or larger.
func bin[T float32 | float64](x T) uint32 {
	bits := math.Float32bits(float32(x))
	bits ^= uint32(int32(bits)>>31) | 1<<31 // negative numbers are in reverse order
	return bits >> (32 - leading)
}

// neighbours returns the values of v that sorting would put at ranks, which rise. counts are those of the bins.
func neighbours[T float32 | float64](v []T, counts, ranks []int) map[int]T {
	starts := map[int]int{} // the rank of the first value of each bin that holds one of ranks
	found := map[int][]T{}  // their values
	homes := map[int]int{}  // the bin of each rank
	wanted := make([]bool, len(counts))
	before, b := 0, 0
	for _, k := range ranks {
		for ; before+counts[b] <= k; b++ {
			before += counts[b]
		}
		starts[b], homes[k], wanted[b] = before, b, true
	}
	for _, x := range v {
		if b := bin(x); wanted[b] {
			found[int(b)] = append(found[int(b)], x)
		}
	}
	for b := range found {
		slices.Sort(found[b])
	}
	values := map[int]T{}
	for k, b := range homes {
		values[k] = found[b][k-starts[b]]
	}
	return values
}
