package study

import (
	"math"
	"slices"

	"anneal/runs"
)

// Limit is how high the learning rate of one model can be with one setting, batch size and augmentation.
type Limit struct {
	Cell // except for LR, Solver and Seed, which have no meaning

	// Largest is the largest rate at which the last epoch of every seed had an accuracy of at least Results.Usable, or NaN
	// if there is none: a validation accuracy if Results.By is ByValidation, else a test accuracy. Tried is the largest
	// rate that was tried.
	Largest, Tried float64
	// BestLR is the rate with the highest mean of the final accuracies by Results.By, among those at which no seed
	// diverged, or NaN if there is none or Results.By is ByNothing. Best are its final test accuracies.
	Best   Moments
	BestLR float64

	judged float64 // the mean by which BestLR is the best, NaN without one
}

// Limits returns the limit of each model, setting, batch size and augmentation that was tried at more than one rate.
// There is none if the samples have no classes, and none of a search.
func (r *Results) Limits() []Limit {
	if r.classless() || r.Found != nil {
		return nil
	}
	var list []Limit
	tried := make(map[int]int)
	for _, s := range r.Summaries() {
		i := slices.IndexFunc(list, func(l Limit) bool { return sameBut(l.Cell, s.Cell, true) })
		if i < 0 {
			i = len(list)
			nan := math.NaN()
			list = append(list, Limit{Cell: s.Cell, Largest: nan, Best: moments(nil), BestLR: nan, judged: nan})
		}
		tried[i]++
		list[i].take(s, r.Usable, r.By != runs.ByNothing)
	}
	for i := len(list) - 1; i >= 0; i-- {
		if tried[i] < 2 {
			list = slices.Delete(list, i, i+1)
		}
	}
	return list
}

// Best returns the setting with the best mean of the final accuracies, losses or metrics by r.By (see Measure), among
// those of which no seed diverged. There is none if nothing chooses, or no other setting to compare it with. The best
// of a search is one of those that were trained the longest.
func (r *Results) Best() (best Summary, ok bool) {
	all := r.Ranked()
	if r.By == runs.ByNothing || len(all) < 2 {
		return best, false
	}
	return all[0], all[0].Diverged == 0
}

// Ranked returns the summaries, the best first, those of which a seed diverged last. If nothing chooses, they have the
// order of the cells.
func (r *Results) Ranked() []Summary {
	all := r.Summaries()
	switch {
	case r.Found != nil:
		list := make([]Summary, len(all))
		for place, i := range r.Found.Ranked() {
			list[place] = all[i]
		}
		return list
	case r.By == runs.ByNothing:
		return all
	}
	slices.SortStableFunc(all, func(a, b Summary) int {
		switch {
		case a.Diverged == 0 && b.Diverged > 0, (a.Diverged == 0) == (b.Diverged == 0) && a.better(b):
			return -1
		case b.Diverged == 0 && a.Diverged > 0, (a.Diverged == 0) == (b.Diverged == 0) && b.better(a):
			return 1
		}
		return 0
	})
	return all
}

// take adds the results at another rate. The rate may become the best if choose is set.
func (l *Limit) take(s Summary, usable float64, choose bool) {
	l.Tried = max(l.Tried, s.LR)
	if s.worst >= usable && !(s.LR <= l.Largest) {
		l.Largest = s.LR
	}
	judged, larger := s.judged()
	worse := larger && judged.Mean <= l.judged || !larger && judged.Mean >= l.judged
	if choose && s.Diverged == 0 && !worse {
		l.Best, l.BestLR, l.judged = s.Final, s.LR, judged.Mean
	}
}

// sameBut reports whether two cells differ in the rate at most or, if batch is false, in the rate and the batch size.
func sameBut(a, b Cell, batch bool) bool {
	return a.Model == b.Model && a.Setting == b.Setting && a.Augment.String() == b.Augment.String() &&
		(a.Batch == b.Batch || !batch)
}
