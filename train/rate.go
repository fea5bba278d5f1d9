package train

import (
	"fmt"
	"slices"

	"anneal/schedules"
	"anneal/solvers"
)

// Interval is what a schedule counts.
type Interval string

// The intervals.
const (
	PerEpoch Interval = "epoch"
	PerStep  Interval = "step"
)

// rate sets a solver's rates, and its momentum where the schedule cycles it, as a schedule says.
type rate struct {
	driver   *schedules.Driver
	solver   solvers.Solver
	interval Interval
	accuracy bool // a plateau watches the test accuracy, not the test loss
	current  []float64
}

// newRate checks that the solver can follow the schedule, and sets the first rates.
func newRate(s schedules.Schedule, interval Interval, solver solvers.Solver) (*rate, error) {
	driver, err := schedules.NewDriver(s, solver.Rates())
	if err != nil {
		return nil, fmt.Errorf("train: schedule: %w", err)
	}
	r := &rate{driver: driver, solver: solver, interval: interval, accuracy: rises(s)}
	_, err = r.set(0, 0)
	return r, err
}

// rises reports whether s has a plateau that wants its metric to rise.
func rises(s schedules.Schedule) bool {
	switch s := s.(type) {
	case schedules.ReduceLROnPlateau:
		return s.Mode == "max"
	case schedules.WarmupLR:
		return rises(s.Scheduler)
	}
	return false
}

// count is what the schedule counts, both counted from 0.
func (r *rate) count(epoch, step int) int {
	if r.interval == PerStep {
		return step
	}
	return epoch
}

// set sets the rates of the coming update and returns them, one a group; they are not written to later.
func (r *rate) set(epoch, step int) ([]float64, error) {
	count := r.count(epoch, step)
	if lr := r.driver.Rates(count); !slices.Equal(lr, r.current) {
		r.current = lr
	}
	momentum, cycles := r.driver.Momentum(count)
	for group, lr := range r.current {
		if err := r.solver.SetRate(group, lr); err != nil {
			return nil, fmt.Errorf("train: schedule at %d: %w", count, err)
		}
		if !cycles {
			continue
		}
		if err := r.solver.SetMomentum(group, momentum); err != nil {
			return nil, fmt.Errorf("train: schedule at %d: %w", count, err)
		}
	}
	return r.current, nil
}

// watch shows an evaluated epoch to a schedule that depends on it.
func (r *rate) watch(e Epoch) {
	metric := e.TestLoss
	if r.accuracy {
		metric = e.TestAccuracy
	}
	r.driver.Observe(r.count(e.Epoch-1, e.Step-1), metric)
}
