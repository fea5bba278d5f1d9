// Package schedules holds learning rates as values: a schedule says what the rate is at each count, and remembers
// nothing.
//
// A count is zero-based and never negative. Whether it counts epochs or steps is the caller's choice, and every setting
// that is a number of counts (step_size, T_max, total_iters, milestones) is in that unit. The base is the rate of a
// parameter group without a schedule; At is asked once a group.
//
// Types, settings, defaults and rates are those of PyTorch 1.13, whose recursive rates, and not its closed forms, are
// reproduced where the two differ. The names are PyTorch's too, so that a spec such as StepLR(step_size=5, gamma=0.1)
// reads as it does there; a literal in Go has no defaults and states every field. Two differences are meant: settings that
// only make sense as a mistake (a negative gamma, a step_size of 0) are errors, and a list with one value a group
// (max_lr=[0.1, 0.2]) is accepted for min_lr only: a group can have a schedule of its own.
//
// ReduceLROnPlateau alone depends on more than the count: its value holds the settings, a Plateau the state. A Driver
// serves any schedule, this one included.
package schedules

import (
	"fmt"
	"math"
)

// Schedule gives a learning rate for every count.
type Schedule interface {
	// At returns the rate at count of a parameter group whose base rate is base. The same arguments give the same rate.
	At(base float64, count int) float64
	// Validate tells which setting is wrong, and what is allowed. At of a schedule that is not valid means nothing.
	Validate() error
	// String returns the schedule's spec: Parse gives the same schedule back.
	String() string
}

// MomentumSchedule is a Schedule that may set the solver's momentum (beta1, where a solver has betas) along with the rate.
type MomentumSchedule interface {
	Schedule
	// MomentumAt returns the momentum at count, and false if the schedule leaves the momentum alone.
	MomentumAt(count int) (float64, bool)
}

// check returns the first error under the schedule's name.
func check(name string, errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func atLeast(key string, n, low int) error {
	if n < low {
		return fmt.Errorf("%s %d: must be at least %d", key, n, low)
	}
	return nil
}

// nonNegative allows 0 ≤ x < +Inf.
func nonNegative(key string, x float64) error {
	if !(0 <= x && x <= math.MaxFloat64) {
		return fmt.Errorf("%s %g: must be at least 0 and finite", key, x)
	}
	return nil
}

// positive allows 0 < x < +Inf.
func positive(key string, x float64) error {
	if !(0 < x && x <= math.MaxFloat64) {
		return fmt.Errorf("%s %g: must be above 0 and finite", key, x)
	}
	return nil
}

// fraction allows 0 ≤ x ≤ 1.
func fraction(key string, x float64) error {
	if !(0 <= x && x <= 1) {
		return fmt.Errorf("%s %g: must be from 0 to 1", key, x)
	}
	return nil
}

// divisor allows 0 < x ≤ 1: PyTorch accepts 0 for these factors and divides by it later.
func divisor(key string, x float64) error {
	if !(0 < x && x <= 1) {
		return fmt.Errorf("%s %g: must be above 0 and at most 1", key, x)
	}
	return nil
}

func oneOf(key, value string, allowed ...string) error {
	list := ""
	for i, a := range allowed {
		if value == a {
			return nil
		}
		if i > 0 {
			list += " or "
		}
		list += "'" + a + "'"
	}
	return fmt.Errorf("%s '%s': must be %s", key, value, list)
}

// momenta allows 0 ≤ base ≤ peak < 1, and anything where momentum does not cycle.
func momenta(cycles bool, base, peak float64) error {
	if cycles && !(0 <= base && base <= peak && peak < 1) {
		return fmt.Errorf("base_momentum %g and max_momentum %g: must be from 0 to below 1, the first at most the second", base, peak)
	}
	return nil
}
