package finder

import (
	"cmp"
	"math"
	"slices"
)

// Margins between losses, as shares of the lower one.
const (
	about   = 0.2
	much    = 0.3
	clearly = 0.5 // whatever the seed
)

// near reports whether a loss is above the lowest by no more than a share of that or, where this is smaller, by a share
// of what the lowest is below the loss of a guess. Losses below a fiftieth of a guess's are all the same.
func (f *finding) near(loss, lowest, share float64) bool {
	guess := f.learners[0].guess
	scale := max(0, min(max(lowest, guess/50), guess-lowest))
	return loss <= lowest+share*scale && !math.IsInf(loss, 1)
}

// limit returns the highest rate that is safe: a third of the lowest that failed, while a lower one trained. It is
// infinite if there is none.
func (f *finding) limit() float64 {
	limit, trains := math.Inf(1), false
	for n := f.last(); n >= 0 && math.IsInf(limit, 1); n-- {
		if len(f.tried[n]) == 0 {
			continue
		}
		if (Rate{Tries: f.tried[n]}).Outcome() == Trained {
			trains = true
		} else if trains {
			limit = f.rateOf(n) / 3
		}
	}
	return limit
}

// result chooses among the rates that were tried.
func (f *finding) result(curve *Curve) *Result {
	r := &Result{Curve: curve, Guess: f.learners[0].guess}
	for n, tries := range f.tried {
		r.Rates = append(r.Rates, Rate{f.rateOf(n), tries})
	}
	slices.SortFunc(r.Rates, func(a, b Rate) int { return cmp.Compare(a.Rate, b.Rate) })
	candidates, lowest := f.candidates(r.Rates), math.Inf(1)
	for _, c := range candidates {
		lowest = min(lowest, c.Loss())
	}
	var good []float64
	for _, c := range candidates {
		if f.near(c.Loss(), lowest, about) {
			good = append(good, c.Rate)
		}
		if f.near(c.Loss(), lowest, much) {
			r.Usable = c.Rate
		}
	}
	if len(good) > 0 {
		r.Best = good[max(0, len(good)-2)/2]
	}
	return r
}

// candidates returns those of rates that trained with all seeds and are safe. If none is, it returns the lowest that
// trained with all.
func (f *finding) candidates(rates []Rate) []Rate {
	all := slices.DeleteFunc(slices.Clone(rates), func(r Rate) bool {
		return len(r.Tries) < f.Seeds || r.Outcome() != Trained
	})
	safe := slices.DeleteFunc(slices.Clone(all), func(r Rate) bool { return r.Rate > f.limit() })
	if len(safe) == 0 {
		return all[:min(1, len(all))]
	}
	return safe
}
