package search

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// tree is a regression tree over the unit cube: a leaf with its value, or a split at a place of a dimension.
type tree struct {
	value     float64
	dimension int
	at        float64
	low, high *tree // at most at, above it; nil in a leaf
}

const leafSamples = 3 // the fewest in a leaf

// grow returns a tree of a bootstrap sample of the rows of x and their values y. Each split is the one that leaves the
// least sum of squared errors, among those of two thirds of the dimensions (Breiman, Random Forests, 2001).
func grow(x [][]float64, y []float64, r *rand.Rand) *tree {
	rows := make([]int, len(x))
	for i := range rows {
		rows[i] = r.IntN(len(x))
	}
	return split(x, y, rows, r)
}

func split(x [][]float64, y []float64, rows []int, r *rand.Rand) *tree {
	t := &tree{value: mean(y, rows)}
	d := len(x[0])
	best, cut := 0.0, 0
	for _, dimension := range r.Perm(d)[:(2*d+2)/3] {
		slices.SortFunc(rows, func(a, b int) int {
			return cmp.Or(cmp.Compare(x[a][dimension], x[b][dimension]), cmp.Compare(a, b))
		})
		for i, gain := range gains(y, rows) {
			if gain > best && x[rows[i]][dimension] > x[rows[i-1]][dimension] {
				best, cut = gain, i
				t.dimension, t.at = dimension, (x[rows[i-1]][dimension]+x[rows[i]][dimension])/2
			}
		}
	}
	if cut == 0 {
		return t
	}
	var low, high []int
	for _, row := range rows {
		if x[row][t.dimension] <= t.at {
			low = append(low, row)
		} else {
			high = append(high, row)
		}
	}
	t.low, t.high = split(x, y, low, r), split(x, y, high, r)
	return t
}

// gains returns by how much the sum of squared errors falls when rows are cut in two, by the size of the first part. It
// is 0 if a part would be too small.
func gains(y []float64, rows []int) []float64 {
	n := len(rows)
	list := make([]float64, n)
	center := mean(y, rows)
	sum := 0.0 // of the first part, about center; that of the second is its negative
	for i := 1; i < n; i++ {
		sum += y[rows[i-1]] - center
		if i >= leafSamples && n-i >= leafSamples {
			list[i] = sum * sum * float64(n) / float64(i) / float64(n-i)
		}
	}
	return list
}

func mean(y []float64, rows []int) float64 {
	sum := 0.0
	for _, row := range rows {
		sum += y[row]
	}
	return sum / float64(len(rows))
}

// leaf is the box of the unit cube in which a tree has one value.
type leaf struct {
	value     float64
	low, high []float64 // the sides
}

// leaves returns the leaves of t, which fill the box from low to high.
func (t *tree) leaves(low, high []float64) []leaf {
	if t.low == nil {
		return []leaf{{t.value, low, high}}
	}
	middle, end := slices.Clone(low), slices.Clone(high)
	middle[t.dimension], end[t.dimension] = t.at, t.at
	return append(t.low.leaves(low, end), t.high.leaves(middle, high)...)
}
