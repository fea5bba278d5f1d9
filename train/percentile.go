package train

import "math"

// percentiles are the 15th, 50th and 85th percentiles of v, nil unless all are finite. Between two values they are
// interpolated linearly: of n values in order, counted from 0, percentile q is the one at place q/100·(n−1). The order of v
// is lost.
func percentiles[T float32 | float64](v []T) []float64 {
	if len(v) == 0 {
		return nil
	}
	for _, x := range v {
		if x != x {
			return nil
		}
	}
	var list []float64
	from := 0 // what is before has been put into its place, and is no larger than what follows
	for _, q := range []float64{15, 50, 85} {
		place := q / 100 * float64(len(v)-1)
		low := int(place)
		partition(v[from:], low-from)
		p := float64(v[low])
		if share := place - float64(low); share > 0 {
			next := v[low+1]
			for _, x := range v[low+2:] {
				next = min(next, x)
			}
			p += share * (float64(next) - p)
		}
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil
		}
		list = append(list, p)
		from = low
	}
	return list
}

// partition puts the element that sorting would put at k there, no larger ones before it and no smaller ones after it. It is
// Hoare's FIND, 1961, with the median of three as pivot; it compares values that are numbers.
func partition[T float32 | float64](v []T, k int) {
	for lo, hi := 0, len(v)-1; lo < hi; {
		a, b, c := v[lo], v[lo+(hi-lo)/2], v[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
}
