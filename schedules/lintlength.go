package schedules

import (
	"fmt"
	"strings"

	"anneal/internal/plural"
)

// lengths compares the lengths that s states with n, the number of counts for which it runs. nested tells that s is
// within another schedule, so that rates does not look at it alone.
func (l *linter) lengths(s Schedule, n int, nested bool) {
	name, _, _ := strings.Cut(s.String(), "(")
	switch s := s.(type) {
	case OneCycleLR:
		if s.total() != n {
			l.length(n, s.total(), "OneCycleLR: the cycle takes")
		}
	case CyclicLR:
		if n%s.period() != 0 {
			l.warn("CyclicLR: a cycle takes %s, but it has %d, which is no whole number of cycles%s",
				plural.Of(s.period(), l.unit), n, l.otherUnit(s.period()))
		}
	case CosineAnnealingLR:
		l.cosine(s, n)
	case CosineAnnealingWarmRestarts:
		l.cycles(name, s.T0, s.TMult, n)
	case CosineCycleDecayLR:
		if s.Decay > 0 || n < s.T0 {
			l.cycles(name, s.T0, s.TMult, n)
		}
	case WSDLR:
		if total := s.WarmupIters + s.StableIters + s.DecayIters; total != n {
			l.length(n, total, "WSDLR: the phases take")
		}
	case PolynomialLR:
		l.way(name, s.TotalIters, n)
	case SWALR:
		l.way(name, s.AnnealEpochs, n)
	case LinearLR:
		if s.EndFactor < s.StartFactor {
			l.way(name, s.TotalIters, n)
		}
	case StepLR:
		if nested && s.StepSize >= n {
			l.length(n, s.StepSize, "StepLR: the first step takes")
		}
	case MultiStepLR:
		l.reached(s, n, nested)
	case WarmupLR:
		if n > s.TotalIters {
			l.lengths(s.Scheduler, n-s.TotalIters, true)
		}
	case FloorLR:
		l.lengths(s.Scheduler, n, true)
	case ScaledLR:
		l.lengths(s.Scheduler, n, nested)
	case ChainedScheduler:
		for _, part := range s.Schedulers {
			l.lengths(part, n, true)
		}
	case SequentialLR:
		l.milestones(s, n)
	case ReduceLROnPlateau:
		l.patience(s, n)
	}
	if warmup := warmupOf(s); warmup > n {
		l.length(n, warmup, name+": the warm-up takes")
	}
}

// length warns that what takes so many counts has n.
func (l *linter) length(n, takes int, what string) {
	l.warn("%s %s, but it has %d%s", what, plural.Of(takes, l.unit), n, l.otherUnit(takes))
}

// otherUnit says what a length counts, for one that would make more sense in the other unit, and for 0.
func (l *linter) otherUnit(length int) string {
	switch {
	case l.run.PerStep && length <= l.run.Epochs && l.run.Steps > l.run.Epochs:
		return fmt.Sprintf("; the interval is step, so lengths count steps, of which there are %d in %s",
			l.run.Steps, plural.Of(l.run.Epochs, "epoch"))
	case !l.run.PerStep && length > 1 && (length-l.run.Steps)*(length-l.run.Steps) <= 1:
		return "; the interval is epoch, so lengths count epochs"
	}
	return ""
}

// way compares the counts that a rate takes to its last value with n. The last rate may be that of count n.
func (l *linter) way(name string, takes, n int) {
	if takes > n+1 {
		l.length(n, takes, name+": the way to the last rate takes")
	}
}

// cosine warns unless the run ends where the cosine is at its lowest.
func (l *linter) cosine(s CosineAnnealingLR, n int) {
	end := n % (2 * s.TMax)
	switch {
	case s.TMax > n+1:
		l.length(n, s.TMax, "CosineAnnealingLR: the rate falls for")
	case s.TMax < n-1 && (end != s.TMax && end != s.TMax+1 || l.run.PerStep && s.TMax <= l.run.Epochs):
		l.length(n, s.TMax, "CosineAnnealingLR: the rate falls, and then rises again, for")
	}
}

// cycles warns unless the run ends with a cycle, of which the first takes so many counts.
func (l *linter) cycles(name string, first, mult, n int) {
	_, t, period := cycle(n, first, mult)
	switch {
	case first > n+1:
		l.length(n, first, name+": the first cycle takes")
	case t != 0 && t != period-1:
		l.warn("%s: the last cycle takes %s, but it has %g of them%s",
			name, plural.Of(int(period), l.unit), t, l.otherUnit(first))
	}
}

// reached warns of milestones that are not reached, and of steps that were meant as epochs.
func (l *linter) reached(s MultiStepLR, n int, nested bool) {
	var late []string
	last := 0
	for _, m := range s.Milestones {
		last = max(last, m)
		if m >= n {
			late = append(late, fmt.Sprint(m))
		}
	}
	if len(late) > 0 && (nested || len(late) < len(s.Milestones)) {
		l.warn("MultiStepLR: milestone %s is not within the %s it has%s",
			strings.Join(late, " and "), plural.Of(n, l.unit), l.otherUnit(last))
	}
	if l.run.PerStep && last > 0 && l.run.Epochs > 1 && last < l.run.Steps/l.run.Epochs {
		l.warn("MultiStepLR: the last milestone, %d, is within the first epoch%s", last, l.otherUnit(0))
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
			l.lengths(part, end-start, true)
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
