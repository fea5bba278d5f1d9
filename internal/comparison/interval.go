package comparison

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is a mean with a confidence interval: Mean − Half to Mean + Half.
type Interval struct {
	N    int
	Mean float64 // NaN if N is 0
	Half float64 // NaN if N is less than 2
}

// Mean returns the mean of values with the interval of Student's t distribution at a level, such as 0.95: its half is
// t·s/√n, with the sample standard deviation s and the quantile t for n − 1 degrees of freedom.
func Mean(values []float64, level float64) Interval {
	i := Interval{N: len(values), Mean: mean(values), Half: math.NaN()}
	if i.N >= 2 {
		t := distuv.StudentsT{Sigma: 1, Nu: float64(i.N - 1)}.Quantile((1 + level) / 2)
		i.Half = t * stat.StdDev(values, nil) / math.Sqrt(float64(i.N))
	}
	return i
}

func mean(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return stat.Mean(values, nil)
}

// Excludes reports whether the interval does not contain 0. One without a width does not say: all of its differences
// are the same number, from which nothing follows about other seeds.
func (i Interval) Excludes() bool { return i.Half > 0 && math.Abs(i.Mean) > i.Half }

// Paired returns the mean difference a − b over the seeds that have results of both, with the interval of a paired t
// test at a level.
func Paired(a, b *Setting, level float64) Interval {
	return pairs([]match{{a, b}}, level)
}

// match is two settings that are compared with each other.
type match struct{ a, b *Setting }

// pairs returns the mean difference a − b of all matches. The difference of a seed is the mean over the matches, so
// only seeds count that have results of all.
func pairs(matches []match, level float64) Interval {
	sums, counts, largest := map[uint64]float64{}, map[uint64]int{}, 0.0
	for _, m := range matches {
		b := m.b.results()
		for seed, v := range m.a.results() {
			if w, ok := b[seed]; ok {
				sums[seed] += v - w
				counts[seed]++
				largest = max(largest, math.Abs(v), math.Abs(w))
			}
		}
	}
	var differences []float64
	for seed, sum := range sums {
		if counts[seed] == len(matches) {
			differences = append(differences, sum/float64(len(matches)))
		}
	}
	slices.Sort(differences) // the same sum whatever the order of a map
	i := Mean(differences, level)
	if i.Half < 1e-12*largest { // what rounding leaves of differences that are equal
		i.Half = 0
	}
	return i
}

// Together returns the level at which each of n intervals must be, so that all of them hold together with level:
// Bonferroni's.
func Together(n int, level float64) float64 { return 1 - (1-level)/float64(max(1, n)) }
