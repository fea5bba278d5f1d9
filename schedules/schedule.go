// Package schedules holds learning rates as values: a schedule says what the rate is at each count, and remembers
// nothing.
//
// A count is zero-based and never negative. Whether it counts epochs or steps is the caller's choice, and every setting
// that is a number of counts (step_size, T_max, total_iters, milestones) is in that unit. The base is the rate of a
// parameter group without a schedule; At is asked once per group.
//
// Types, settings, defaults and rates are those of PyTorch 2.14, whose recursive rates, and not its closed forms, are
// reproduced where the two differ. The types say where PyTorch does otherwise. The names are PyTorch's too, so that a
// spec such as StepLR(step_size=5, gamma=0.1) reads as it does there. Two differences are deliberate: settings that can
// only be mistakes (a negative gamma, a step_size of 0) are errors, and a list with one value per group
// (max_lr=[0.1, 0.2]) is accepted for min_lr only, since each group can have its own schedule.
//
// A literal in Go has no defaults: it states every field. A zero means zero, except where it can only come from a field
// that was left out: StepLR{StepSize: 5}, whose rate would be 0 from count 5 on, is an error that names Default, which
// returns the defaults. A length of 0 of CosineAnnealingLR and OneCycleLR stands for the run's, which Fit gives.
//
// Every rate of a valid schedule, for a base of at least 0 and every count up to 2⁵³, is a finite number: the largest
// one in place of infinity.
//
// ReduceLROnPlateau alone depends on more than the count: its value holds the settings, a Plateau the state. A Driver
// serves any schedule, this one included.
package schedules

import "fmt"

// Schedule gives a learning rate for every count.
type Schedule interface {
	// At returns the rate at count of a parameter group whose base rate is base. The same arguments give the same rate.
	At(base float64, count int) float64
	// Validate returns an error that names the setting that is wrong, and what is allowed. What At returns for a
	// schedule that is not valid has no meaning.
	Validate() error
	// String returns the schedule's spec: Parse gives the same schedule back.
	String() string
}

// MomentumSchedule is a Schedule that may set the solver's momentum (beta1, where a solver has betas) along with the
// rate.
type MomentumSchedule interface {
	Schedule
	// MomentumAt returns the momentum at count, and false if the schedule leaves the momentum alone.
	MomentumAt(count int) (float64, bool)
}

// momenta returns an error of the schedule of that name unless 0 ≤ base ≤ peak < 1, or momentum does not cycle.
func momenta(name string, cycles bool, base, peak float64) error {
	if cycles && !(0 <= base && base <= peak && peak < 1) {
		return fmt.Errorf("%s: base_momentum is %v and max_momentum is %v: want numbers of at least 0 and below 1, "+
			"the first at most the second", name, base, peak)
	}
	return nil
}
