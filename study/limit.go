package study

import (
	"math"
	"slices"
)

// Limit is how high the learning rate of one model can be with one setting, batch size and augmentation.
type Limit struct {
	Cell // except for LR, Solver and Seed, which have no meaning

	// Largest is the largest rate at which the last epoch of every seed had a test accuracy of at least Results.Usable,
	// or NaN if there is none. Tried is the largest rate that was tried.
	Largest, Tried float64
	// Best is the highest mean of the final accuracies at one rate, among the rates at which no seed diverged, or NaN
	// if there is none. BestLR is that rate.
	Best   Moments
	BestLR float64
}

// Limits returns the limit of each model, setting, batch size and augmentation that was tried at more than one rate.
func (r *Results) Limits() []Limit {
	var list []Limit
	tried := make(map[int]int)
	for _, s := range r.Summaries() {
		i := slices.IndexFunc(list, func(l Limit) bool { return sameBut(l.Cell, s.Cell, true) })
		if i < 0 {
			i = len(list)
			list = append(list, Limit{Cell: s.Cell, Largest: math.NaN(), Best: moments(nil), BestLR: math.NaN()})
		}
		tried[i]++
		list[i].take(s, r.Usable)
	}
	for i := len(list) - 1; i >= 0; i-- {
		if tried[i] < 2 {
			list = slices.Delete(list, i, i+1)
		}
	}
	return list
}

// take adds the results at another rate.
func (l *Limit) take(s Summary, usable float64) {
	l.Tried = max(l.Tried, s.LR)
	if s.Worst >= usable && !(s.LR <= l.Largest) {
		l.Largest = s.LR
	}
	if s.Diverged == 0 && !(s.Final.Mean <= l.Best.Mean) {
		l.Best, l.BestLR = s.Final, s.LR
	}
}

// sameBut reports whether two cells differ in the rate at most or, if batch is false, in the rate and the batch size.
func sameBut(a, b Cell, batch bool) bool {
	return a.Model == b.Model && a.Setting == b.Setting && a.Augment.String() == b.Augment.String() &&
		(a.Batch == b.Batch || !batch)
}
