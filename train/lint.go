package train

import (
	"fmt"
	"strings"

	"anneal/data"
	"anneal/internal/plural"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
)

// lint returns schedules.Lint's warnings about the schedules of the run that start describes, and what else is odd
// about it.
func (r *run) lint(start runs.Start) []string {
	name, _, _ := strings.Cut(r.Solver.String(), "(")
	limit := highestRate(r.Solver)
	var warnings []string
	if list := r.decides(); r.ChooseBy == runs.ByTest && len(list) > 0 && start.Done == 0 {
		warnings = append(warnings, fmt.Sprintf("choose by test: %s: chosen by the test samples, so that the results on "+
			"them are better than on new samples; validation samples would keep the test set out of it",
			strings.Join(list, ", ")))
	}
	if len(start.Frozen) == len(r.Params.Trainable()) {
		warnings = append(warnings, fmt.Sprintf("freeze %q: leaves no parameter to train, of %d",
			r.Tuning.Freeze, len(start.Frozen)))
	}
	warnings = append(warnings, data.Warnings(r.Train, r.Augment)...)
	warnings = append(warnings, r.lintScale(start)...)
	for _, c := range r.scheduler.courses {
		schedule := c.schedule
		if c.group == 0 && r.Unchosen && r.Interval == runs.PerEpoch {
			schedule = scaled(schedules.Constant{}, &r.Settings) // the rate is checked all the same
		}
		for _, w := range schedules.Lint(schedule, schedules.Training{
			Epochs: start.Epochs, Steps: start.Steps, PerStep: r.Interval == runs.PerStep,
			Bases: c.bases, Limit: limit, Solver: name,
		}) {
			if c.group > 0 {
				w = fmt.Sprintf("group %s: %s", r.Tuning.Groups[c.group-1].Pattern, w)
			}
			warnings = append(warnings, w)
		}
		if p, _, ok := schedules.PlateauOf(c.schedule); ok && 0 < r.Patience && r.Patience <= p.Patience+1 {
			warnings = append(warnings, fmt.Sprintf(
				"patience %d: the run ends before %v lowers the rate, which takes %s without an improvement",
				r.Patience, p, plural.Of(p.Patience+1, "epoch")))
		}
	}
	if r.Patience > 0 && r.Patience >= start.Epochs-1 {
		warnings = append(warnings, fmt.Sprintf(
			"patience %d: a run of %s never stops early", r.Patience, plural.Of(start.Epochs, "epoch")))
	}
	if horizon := 1 / (1 - r.EMA); horizon > float64(start.Steps) && start.Steps > 1 {
		warnings = append(warnings, fmt.Sprintf("ema %v: averages over about %.0f steps, but the run has %d: "+
			"the initial weights remain a large part of it",
			r.EMA, horizon, start.Steps))
	}
	if r.SWA > 0 && 0 < r.Patience && r.Patience+1 < r.SWA {
		warnings = append(warnings, fmt.Sprintf("swa %d: patience %d may end the run before that epoch, and then there is "+
			"no average", r.SWA, r.Patience))
	}
	return warnings
}

// highestRate returns the highest rate that can mean something to a solver, 0 for none. Those that divide the
// gradient by its size move each weight, or LAMB each tensor relative to its norm, by about the rate in a step, and
// at 1 forget what was learnt; LARS multiplies that by its trust coefficient. Steps of SGD and Adadelta are as long as
// gradients make them; rates above 10 are always mistakes.
func highestRate(s solvers.Algorithm) float64 {
	switch s := s.(type) {
	case solvers.SGD, solvers.Adadelta:
		return 10
	case solvers.LARS:
		return 1 / s.TrustCoefficient
	case solvers.Stock:
		return 0
	}
	return 1
}
