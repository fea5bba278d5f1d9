package schedules

import (
	"fmt"
	"slices"
	"strings"

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

// Lint returns a warning of one line for each way in which s does not fit the run: s never changes the rate, its cycle
// or its phases are not as long as the run, its warm-up is longer, a milestone is not reached, a rate is 0, below 0,
// not finite or above the solver's limit, or the groups' own rates have no effect.
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
	l.lengths(s, l.counts)
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

// lengths compares the lengths that s states with n, the number of counts for which it runs.
func (l *linter) lengths(s Schedule, n int) {
	switch s := s.(type) {
	case OneCycleLR:
		if s.total() != n {
			l.warn("OneCycleLR: the cycle takes %s, but it has %d", plural.Of(s.total(), l.unit), n)
		}
	case CyclicLR:
		if n%s.period() != 0 {
			l.warn("CyclicLR: a cycle takes %s, but it has %d, which is no whole number of cycles",
				plural.Of(s.period(), l.unit), n)
		}
	case WSDLR:
		if total := s.WarmupIters + s.StableIters + s.DecayIters; total != n {
			l.warn("WSDLR: the phases take %s, but it has %d", plural.Of(total, l.unit), n)
		}
	case WarmupLR:
		if n > s.TotalIters {
			l.lengths(s.Scheduler, n-s.TotalIters)
		}
	case ChainedScheduler:
		for _, part := range s.Schedulers {
			l.lengths(part, n)
		}
	case SequentialLR:
		l.milestones(s, n)
	case ReduceLROnPlateau:
		l.patience(s, n)
	}
	if warmup := warmupOf(s); warmup > n {
		name, _, _ := strings.Cut(s.String(), "(")
		l.warn("%s: the warm-up takes %s, but it has %d", name, plural.Of(warmup, l.unit), n)
	}
}

// warmupOf returns the number of counts in which s raises the rate at first.
func warmupOf(s Schedule) int {
	switch s := s.(type) {
	case WSDLR:
		return s.WarmupIters
	case InverseSqrtLR:
		return s.WarmupIters
	case ConstantLR:
		return s.TotalIters
	case LinearLR:
		if s.EndFactor > s.StartFactor {
			return s.TotalIters
		}
	case WarmupLR:
		return s.TotalIters
	}
	return 0
}

// milestones compares each part of s with the counts from its milestone to the next.
func (l *linter) milestones(s SequentialLR, n int) {
	start := 0
	for i, part := range s.Schedulers {
		end := n
		if i < len(s.Milestones) {
			end = min(n, s.Milestones[i])
		}
		if start >= n {
			l.warn("SequentialLR: milestone %d is not within the %s it has", start, plural.Of(n, l.unit))
			return
		}
		if end > start {
			l.lengths(part, end-start)
		}
		if i < len(s.Milestones) {
			start = s.Milestones[i]
		}
	}
}

// patience compares the observations that s needs with those that it has.
func (l *linter) patience(s ReduceLROnPlateau, n int) {
	earliest := s.Patience + 2
	switch {
	case !l.run.PerStep && earliest >= n:
		l.warn("ReduceLROnPlateau: with patience %d it can lower the rate after %d epochs at the earliest, "+
			"but it has %d", s.Patience, earliest, n)
	case l.run.PerStep && earliest >= l.run.Epochs:
		l.warn("ReduceLROnPlateau: with patience %d it can lower the rate after %d metrics at the earliest, "+
			"one per epoch, and the run has %s", s.Patience, earliest, plural.Of(l.run.Epochs, "epoch"))
	}
}

// rates checks every rate of the run.
func (l *linter) rates(s Schedule, d *Driver) {
	bases := l.run.Bases
	acts, shared := false, true
	low, high := -1, -1 // the first count with a rate that is 0 or worse, the count of the highest above the limit
	var lowest, highest float64
	for count := range l.counts {
		rates := d.Rates(count)
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
	if low >= 0 {
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
