package schedules

import (
	"fmt"
	"slices"

	"anneal/internal/plural"
)

// Training is what Lint needs to know of a training run.
type Training struct {
	Epochs  int
	Steps   int       // updates in all of them
	PerStep bool      // whether counts are steps; else they are epochs
	Bases   []float64 // the base rate of each parameter group
	Limit   float64   // the highest rate that makes sense with the run's solver; 0 for none
	Solver  string    // its name
}

// Lint returns a warning of one line for each way in which s does not fit the run: s never changes the rate, its cycle,
// its phases or the way to its last rate are not as long as the run, its warm-up is longer, a milestone is not reached,
// a rate is 0, below 0, too low to learn with for the last part of the run or above the solver's limit, or the groups'
// own rates have no effect.
func Lint(s Schedule, r Training) []string {
	d, err := NewDriver(s, r.Bases)
	if err != nil {
		return []string{err.Error()}
	}
	l := &linter{run: r, counts: r.Epochs, unit: "epoch"}
	if r.PerStep {
		l.counts, l.unit = r.Steps, "step"
	}
	if l.counts < 1 {
		return nil
	}
	l.lengths(s, l.counts, false)
	l.rates(s, d)
	return l.warnings
}

type linter struct {
	run      Training
	counts   int
	unit     string // what one of them is
	warnings []string
}

func (l *linter) warn(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Sprintf(format, args...))
}

// rates checks every rate of the run.
func (l *linter) rates(s Schedule, d *Driver) {
	bases := l.run.Bases
	acts, shared := false, true
	low, high := -1, -1 // the first count with a rate that is 0 or worse, the count of the highest above the limit
	var lowest, highest float64
	var peak float64 // of the first group
	var first []float64
	for count := range l.counts {
		rates := d.Rates(count)
		peak, first = max(peak, rates[0]), append(first, rates[0])
		for i, rate := range rates {
			acts = acts || rate != bases[i]
			shared = shared && rate == rates[0]
			if low < 0 && !(rate > 0 && rate-rate == 0) && bases[i] > 0 {
				low, lowest = count, rate
			}
			if l.run.Limit > 0 && rate > max(l.run.Limit, highest) {
				high, highest = count, rate
			}
		}
	}
	end := faded(first, peak)
	switch {
	case len(l.warnings) == 0 && l.counts-end > max(1, l.counts*15/100) && (low < 0 || end < low):
		l.warn("the rate is below %g, a ten-thousandth of its highest, from %s %d on, and it has %d%s",
			peak*negligible, l.unit, end, l.counts, l.otherUnit(0))
	case low >= 0:
		l.warn("the rate is %g at %s %d", lowest, l.unit, low)
	}
	if high >= 0 {
		l.warn("the rate is %g at %s %d, and %s is of no use above %g",
			highest, l.unit, high, l.run.Solver, l.run.Limit)
	}
	if shared && slices.Max(bases) != slices.Min(bases) {
		l.warn("%s: gives every parameter group the same rate; their own, %g, have no effect", s, bases)
	}
	_, constant := s.(Constant)
	if !acts && !constant && d.plateau == nil {
		l.warn("%s: never changes the rate in the %s of the run", s, plural.Of(l.counts, l.unit))
	}
}

// negligible is the share of the highest rate below which a rate moves the parameters no more.
const negligible = 1e-4

// faded returns the count from which on all rates are negligible beside the peak.
func faded(rates []float64, peak float64) int {
	end := len(rates)
	for end > 0 && rates[end-1] < peak*negligible {
		end--
	}
	return end
}
