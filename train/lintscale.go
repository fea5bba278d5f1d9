package train

import (
	"fmt"

	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
)

// manyTimes is from how many times the samples that the rates were chosen for an update holds far more.
const manyTimes = 4

// lintScale warns of updates that hold far more samples than the rates were chosen for, and of rates that were scaled
// up without a warm-up.
func (r *run) lintScale(start runs.Start) []string {
	growth := r.Growth()
	if growth < manyTimes || start.Steps < 2 {
		return nil
	}
	rule := r.ScaleLR
	if rule == runs.ScaleNot {
		rule = suits(r.Solver)
	}
	factor := rule.Of(growth)
	warmup := ""
	if factor >= 2 && !r.warmsUp(start.Steps) {
		warmup = fmt.Sprintf("a warm-up such as %s (Goyal et al., 2017)", r.warmup(start, factor))
	}
	switch {
	case r.ScaleLR == runs.ScaleNot:
		text := fmt.Sprintf("an update holds %d samples, %.3g times the %d that the learning rate was chosen for: "+
			"scale lr %s multiplies it by %.3g", r.Update(), growth, r.ReferenceBatch, rule, factor)
		if warmup != "" {
			text += ", after " + warmup
		}
		return []string{text}
	case warmup != "":
		return []string{fmt.Sprintf("scale lr %s: the run begins at %.3g times the learning rate that was chosen for "+
			"%d samples per update, without a warm-up: want %s", rule, factor, r.ReferenceBatch, warmup)}
	}
	return nil
}

// suits returns the rule for a solver: the square root for those that divide the gradient by its size.
func suits(s solvers.Algorithm) runs.ScaleLR {
	switch s.(type) {
	case solvers.SGD, solvers.LARS, solvers.Stock:
		return runs.ScaleLinear
	}
	return runs.ScaleSqrt
}

// warmsUp reports whether the schedule of the run begins below half its highest rate.
func (r *run) warmsUp(steps int) bool {
	const looked = 1000 // counts, evenly spread over the run
	last := r.scheduler.count(r.Epochs, steps)
	driver := r.scheduler.courses[0].driver
	first := driver.Rates(0)[0]
	for i := range min(looked, last) {
		if driver.Rates(i * last / min(looked, last))[0] > 2*first {
			return true
		}
	}
	return false
}

// warmup returns the schedule of the run after a warm-up that begins at the rate before it was multiplied by factor: of
// five epochs, as in Goyal et al., or of half a shorter run.
func (r *run) warmup(start runs.Start, factor float64) schedules.Schedule {
	counts := max(1, min(5, start.Epochs/2))
	if r.Interval == runs.PerStep {
		counts *= start.Updates
	}
	return schedules.WarmupLR{Scheduler: r.Schedule, TotalIters: counts, StartFactor: 1 / factor}
}
