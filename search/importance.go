package search

import (
	"math"
	"slices"
	"strconv"

	"anneal/internal/stream"
)

// Importance is how much a range matters alone: the share of the variance of the scores, over the whole space, that the
// mean score at each of its values accounts for. What only combinations of ranges account for is in none.
type Importance struct {
	Name      string
	Share     float64 // mean over the trees
	Low, High float64 // the 5th and the 95th percentile over the trees, which are grown on bootstrap samples
}

const (
	trees = 64
	// LeastTrials is the number of trials below which Importances returns none.
	LeastTrials = 10
)

// Importances returns the importance of each range, in their order. A score of NaN counts as the worst one. It returns
// nil for fewer than LeastTrials trials, and if all scores are the same.
//
// It is functional ANOVA on a random forest (Hutter, Hoos and Leyton-Brown, An Efficient Approach for Assessing
// Hyperparameter Importance, ICML 2014): the variance of each tree is split exactly, as a tree is constant on boxes.
// Where a trial has no value of a range, one is drawn: there, the range does not matter.
func (s *Space) Importances(trials []Trial, scores []float64) []Importance {
	scores = slices.Clone(scores)
	worst, best := math.Inf(1), math.Inf(-1)
	for _, v := range scores {
		if !math.IsNaN(v) {
			worst, best = min(worst, v), max(best, v)
		}
	}
	if len(trials) < LeastTrials || len(s.Ranges) == 0 || !(worst < best) {
		return nil
	}
	r := stream.New(0, "search", "importance")
	x := make([][]float64, len(trials))
	for i, t := range trials {
		if math.IsNaN(scores[i]) {
			scores[i] = worst
		}
		x[i] = slices.Clone(t.Units)
		for k, u := range x[i] {
			if math.IsNaN(u) {
				u = r.Float64()
			}
			if v := s.Ranges[k]; v.Kind == "choice" {
				u = v.Middle(v.Branch(u)) // a tree shall not split what is one choice
			}
			x[i][k] = u
		}
	}
	shares := make([][]float64, len(s.Ranges)) // by tree
	for n := range trees {
		t := grow(x, scores, stream.New(0, "search", "tree", strconv.Itoa(n)))
		for k, v := range t.shares(len(s.Ranges)) {
			shares[k] = append(shares[k], v)
		}
	}
	list := make([]Importance, len(s.Ranges))
	for k, of := range shares {
		slices.Sort(of)
		sum := 0.0
		for _, v := range of {
			sum += v
		}
		list[k] = Importance{s.Ranges[k].Name, sum / trees, of[trees*5/100], of[trees*95/100]}
	}
	return list
}

// shares returns the share of the tree's variance over the unit cube that each dimension alone accounts for.
func (t *tree) shares(d int) []float64 {
	high := make([]float64, d)
	for k := range high {
		high[k] = 1
	}
	leaves := t.leaves(make([]float64, d), high)
	mean, variance := 0.0, 0.0
	for _, l := range leaves {
		mean += l.volume(-1) * l.value
	}
	for _, l := range leaves {
		variance += l.volume(-1) * (l.value - mean) * (l.value - mean)
	}
	list := make([]float64, d)
	if len(leaves) == 1 || variance == 0 {
		return list
	}
	for k := range list {
		list[k] = marginalVariance(leaves, k, mean) / variance
	}
	return list
}

// marginalVariance returns the variance of the mean over all dimensions except k, which is a function of k alone.
func marginalVariance(leaves []leaf, k int, mean float64) float64 {
	var ends []float64
	for _, l := range leaves {
		ends = append(ends, l.low[k], l.high[k])
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	variance := 0.0
	for i := 1; i < len(ends); i++ {
		at := 0.0
		for _, l := range leaves {
			if l.low[k] <= ends[i-1] && l.high[k] >= ends[i] {
				at += l.volume(k) * l.value
			}
		}
		variance += (ends[i] - ends[i-1]) * (at - mean) * (at - mean)
	}
	return variance
}

// volume returns the product of the sides of l, except for one of them.
func (l leaf) volume(except int) float64 {
	v := 1.0
	for k := range l.low {
		if k != except {
			v *= l.high[k] - l.low[k]
		}
	}
	return v
}
