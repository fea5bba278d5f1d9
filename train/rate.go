package train

import (
	"fmt"
	"slices"

	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
)

// scheduler sets a solver's rates, and its momentum where a schedule cycles it, as the schedules say.
type scheduler struct {
	solver   solvers.Solver
	interval runs.Interval
	by       runs.ChooseBy // the data whose metrics plateaus watch
	best     runs.Best     // the metric that plateaus watch if their mode fits it; "": none
	courses  []scheduled
	scale    runs.Scale
	current  []float64 // one a group
}

// scheduled is a schedule with the groups that follow it.
type scheduled struct {
	schedule schedules.Schedule
	driver   *schedules.Driver
	group    int   // whose own schedule it is; 0: it is the run's
	groups   []int // that follow it
	bases    []float64
	accuracy bool // a plateau watches the accuracy, not the loss, or a metric of which a larger value is better
}

// newScheduler checks that the solver can follow the run's schedule and those of groups, and sets the first rates.
func newScheduler(
	s schedules.Schedule, settings *Settings, solver solvers.Solver, groups []solvers.Group,
) (*scheduler, error) {
	bases := solver.Rates()
	main := scheduled{schedule: scaled(s, settings), accuracy: watchesAccuracy(s)}
	main.follow(0, bases)
	r := &scheduler{solver: solver, interval: settings.Interval, by: settings.ChooseBy, current: bases}
	for i, g := range groups {
		if g.Schedule == "" {
			main.follow(i+1, bases)
			continue
		}
		own, err := schedules.Parse(g.Schedule)
		if err != nil {
			return nil, fmt.Errorf("train: group %s: %w", g.Pattern, err)
		}
		c := scheduled{schedule: scaled(own, settings), group: i + 1, accuracy: watchesAccuracy(own)}
		c.follow(i+1, bases)
		r.courses = append(r.courses, c)
	}
	r.courses = slices.Insert(r.courses, 0, main)
	for i := range r.courses {
		c := &r.courses[i]
		var err error
		if c.driver, err = schedules.NewDriver(c.schedule, c.bases); err != nil {
			return nil, fmt.Errorf("train: schedule: %w", err)
		}
	}
	_, err := r.set(0, 0)
	return r, err
}

// scaled returns s with its rates multiplied as ScaleLR says.
func scaled(s schedules.Schedule, settings *Settings) schedules.Schedule {
	if factor := settings.RateFactor(); factor != 1 {
		return schedules.ScaledLR{Scheduler: s, Factor: factor}
	}
	return s
}

// fitSchedules gives the schedules of the run and of its groups that have no length that of the run.
func (r *run) fitSchedules() error {
	counts := r.TotalSteps
	if r.fitted > 0 {
		counts = r.fitted
	}
	if r.Interval == runs.PerEpoch {
		updates := r.Updates(r.loader.Batches())
		counts = (counts + updates - 1) / updates
	}
	r.Schedule = schedules.Fit(r.Schedule, counts)
	r.Tuning.Groups = slices.Clone(r.Tuning.Groups)
	for i, g := range r.Tuning.Groups {
		if g.Schedule == "" {
			continue
		}
		own, err := schedules.Parse(g.Schedule)
		if err != nil {
			return fmt.Errorf("train: group %s: %w", g.Pattern, err)
		}
		if fit := schedules.Fit(own, counts); fit.String() != own.String() {
			r.Tuning.Groups[i].Schedule = fit.String()
		}
	}
	return nil
}

// follow makes a group follow c.
func (c *scheduled) follow(group int, bases []float64) {
	c.groups, c.bases = append(c.groups, group), append(c.bases, bases[group])
}

// watchesAccuracy reports whether s has a plateau that wants its metric to rise.
func watchesAccuracy(s schedules.Schedule) bool {
	p, _, ok := schedules.PlateauOf(s)
	return ok && p.Mode == "max"
}

// count returns what a schedule counts: epoch or step, both counted from 0.
func (r *scheduler) count(epoch, step int) int {
	if r.interval == runs.PerStep {
		return step
	}
	return epoch
}

// at returns the rates at an epoch and step, both counted from 0, as if no schedule observed another metric.
func (r *scheduler) at(epoch, step int) []float64 {
	rates := slices.Clone(r.current)
	for _, c := range r.courses {
		for i, lr := range c.driver.Rates(r.count(epoch, step)) {
			rates[c.groups[i]] = r.scale.Of(lr)
		}
	}
	return rates
}

// set sets the rates of the coming update and returns them, one per group. The slice is not written to later.
func (r *scheduler) set(epoch, step int) ([]float64, error) {
	count, next := r.count(epoch, step), r.at(epoch, step)
	for _, c := range r.courses {
		momentum, cycles := c.driver.Momentum(count)
		for _, group := range c.groups {
			err := r.solver.SetRate(group, next[group])
			if err == nil && cycles {
				err = r.solver.SetMomentum(group, momentum)
			}
			if err != nil {
				return nil, fmt.Errorf("train: schedule at %d: %w", count, err)
			}
		}
	}
	if !slices.Equal(next, r.current) {
		r.current = next
	}
	return r.current, nil
}

// steer scales the rates so that the first group's is lr in the coming update, and returns them as set does.
func (r *scheduler) steer(epoch, step int, lr float64) ([]float64, error) {
	from := r.courses[0].driver.Rates(r.count(epoch, step))[0]
	if !(from > 0) {
		return nil, fmt.Errorf("lr %g: the schedule gives %g just now, which no factor turns into that", lr, from)
	}
	before := r.scale
	r.scale = runs.Scale{From: from, To: lr}
	rates, err := r.set(epoch, step)
	if err != nil {
		r.scale = before // in force again from the next set on, which comes before the update
	}
	return rates, err
}

// watch shows an evaluated epoch to the schedules that depend on it.
func (r *scheduler) watch(e runs.Epoch) {
	loss, accuracy := e.Judged(r.by)
	for _, c := range r.courses {
		metric := loss
		if c.accuracy {
			metric = accuracy
		}
		if value, larger := e.JudgedBy(r.by, r.best); r.best != "" && larger == c.accuracy {
			metric = value
		}
		c.driver.Observe(r.count(e.Epoch-1, e.Step-1), metric)
	}
}

// state returns what each schedule remembers, nil for those that remember nothing.
func (r *scheduler) state() []*schedules.PlateauState {
	var list []*schedules.PlateauState
	for _, c := range r.courses {
		list = append(list, c.driver.State())
	}
	return list
}

// restore puts back what state returned.
func (r *scheduler) restore(list []*schedules.PlateauState) error {
	if len(list) != len(r.courses) {
		return fmt.Errorf("states of %d schedules, want %d", len(list), len(r.courses))
	}
	for i, c := range r.courses {
		if err := c.driver.Restore(list[i]); err != nil {
			return err
		}
	}
	return nil
}
