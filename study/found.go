package study

import (
	"cmp"
	"math"
	"slices"

	"anneal/search"
)

// Found is what a search adds to Results. Its lists are by trial, in the order of Results.Summaries. Scores are means
// over the seeds on the validation samples, larger being better, and NaN if a run diverged.
type Found struct {
	Space   *search.Space
	Left    []error // why settings that were drawn are left out: they could not be trained
	Rungs   []int   // epochs after which settings were compared
	Trials  []search.Trial
	First   []float64 // scores at the first rung
	Last    []float64 // and at the last one that the trial reached
	Reached []int     // that rung, counted from 0
}

// Ranked returns the trials, the best first: those that were trained the longest, by their last scores, then those of
// the rung before, and so on. Scores after different numbers of epochs are not compared. Trials that diverged are last.
func (f *Found) Ranked() []int {
	order := make([]int, len(f.Trials))
	for i := range order {
		order[i] = i
	}
	failed := func(i int) int {
		if math.IsNaN(f.Last[i]) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(failed(a), failed(b)), cmp.Compare(f.Reached[b], f.Reached[a]),
			cmp.Compare(f.Last[b], f.Last[a]))
	})
	return order
}
