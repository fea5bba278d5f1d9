package schedules

import (
	"fmt"
	"math"

	"anneal/internal/spec"
)

// OneCycleLR moves the rate once through a cycle of TotalSteps counts. Two phases go from MaxLR/DivFactor up to MaxLR
// at count PctStart·TotalSteps−1, and down to MaxLR/DivFactor/FinalDivFactor at count TotalSteps−1. With ThreePhase the
// second phase is as long as the first and returns to MaxLR/DivFactor; a third goes on to the end. A phase from a to b
// is, with p its share that is done,
//
//	b + (a−b)·(1 + cos πp)/2  (cos)  or  a + (b−a)·p  (linear)
//
// With CycleMomentum the momentum goes from MaxMomentum down to BaseMomentum and up again alongside.
//
// The base rate of a group is not used. Smith and Topin, Super-Convergence, 2018, arXiv:1708.07120; PyTorch's
// OneCycleLR. PyTorch goes one count past the end, where a linear phase can lead below 0, and then raises an error.
// This one gives the same rate at count TotalSteps, but never below 0, and the rate of the last step at later counts.
type OneCycleLR struct {
	MaxLR                 float64 // > 0
	TotalSteps            int     // ≥ 1; 0, or None in a spec, stands for Epochs·StepsPerEpoch
	Epochs, StepsPerEpoch int     // not used with TotalSteps; without all three, Fit sets the run's length

	PctStart       float64 // 0 ≤ PctStart ≤ 1, the share of the first phase; 0.3 in a spec without it
	AnnealStrategy string  // cos or linear; cos in a spec without it

	CycleMomentum             bool    // True in a spec without it
	BaseMomentum, MaxMomentum float64 // 0 ≤ BaseMomentum ≤ MaxMomentum < 1; 0.85 and 0.95 in a spec without them

	DivFactor, FinalDivFactor float64 // > 0; 25 and 1e4 in a spec without them
	ThreePhase                bool    // False in a spec without it
}

func (s *OneCycleLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("max_lr", &s.MaxLR).Above(0),
		spec.Optional("total_steps", &s.TotalSteps, 0).AtLeast(0).OrNone(),
		spec.Optional("epochs", &s.Epochs, 0).AtLeast(0).OrNone(),
		spec.Optional("steps_per_epoch", &s.StepsPerEpoch, 0).AtLeast(0).OrNone(),
		spec.Optional("pct_start", &s.PctStart, 0.3).Within(0, 1),
		spec.Optional("anneal_strategy", &s.AnnealStrategy, "cos").OneOf("cos", "linear"),
		spec.Optional("cycle_momentum", &s.CycleMomentum, true),
		spec.Optional("base_momentum", &s.BaseMomentum, 0.85),
		spec.Optional("max_momentum", &s.MaxMomentum, 0.95),
		spec.Optional("div_factor", &s.DivFactor, 25).Above(0),
		spec.Optional("final_div_factor", &s.FinalDivFactor, 1e4).Above(0),
		spec.Optional("three_phase", &s.ThreePhase, false),
	}
}

func (s OneCycleLR) At(_ float64, count int) float64 {
	initial := bounded(s.MaxLR / s.DivFactor)
	return bounded(max(0, s.anneal(count, [4]float64{initial, s.MaxLR, initial, bounded(initial / s.FinalDivFactor)})))
}

// MomentumAt returns the momentum, or false without CycleMomentum.
func (s OneCycleLR) MomentumAt(count int) (float64, bool) {
	return s.anneal(count, [4]float64{s.MaxMomentum, s.BaseMomentum, s.MaxMomentum, s.MaxMomentum}), s.CycleMomentum
}

// total returns the number of counts in the cycle.
func (s OneCycleLR) total() int {
	if s.TotalSteps != 0 {
		return s.TotalSteps
	}
	return s.Epochs * s.StepsPerEpoch
}

// open reports whether the number of counts is not given.
func (s OneCycleLR) open() bool { return s.TotalSteps == 0 && s.Epochs == 0 && s.StepsPerEpoch == 0 }

// anneal returns the value at count of what is at[0] at the start, at[1] after the first phase, at[2] after the second
// of three, at[3] at the end.
func (s OneCycleLR) anneal(count int, at [4]float64) float64 {
	total := s.total()
	if count > total {
		count = total - 1
	}
	t, first := float64(count), s.PctStart*float64(total)-1
	start, end, from, to := 0.0, first, at[0], at[1]
	if t > end && s.ThreePhase {
		start, end, from, to = end, 2*s.PctStart*float64(total)-2, to, at[2]
	}
	if t > end {
		start, end, from, to = end, float64(total-1), to, at[3]
	}
	done := 1.0
	if start != end {
		done = (t - start) / (end - start)
	}
	if s.AnnealStrategy == "linear" {
		return (to-from)*done + from
	}
	return to + (from-to)/2*(cosine(math.Pi*done)+1)
}

func (s OneCycleLR) Validate() error {
	if err := valid("OneCycleLR", s.settings()); err != nil {
		return err
	}
	if s.open() {
		return momenta("OneCycleLR", s.CycleMomentum, s.BaseMomentum, s.MaxMomentum)
	}
	if s.TotalSteps == 0 && (s.Epochs < 1 || s.StepsPerEpoch < 1) {
		return fmt.Errorf("OneCycleLR: total_steps is %d, epochs is %d and steps_per_epoch is %d: "+
			"want the first, or both others, of at least 1", s.TotalSteps, s.Epochs, s.StepsPerEpoch)
	}
	if float64(s.Epochs)*float64(s.StepsPerEpoch) > 1<<53 {
		return fmt.Errorf("OneCycleLR: epochs is %d and steps_per_epoch is %d: want a product of at most 2**53",
			s.Epochs, s.StepsPerEpoch)
	}
	if s.PctStart*float64(s.total()) == 1 {
		return fmt.Errorf("OneCycleLR: pct_start is %v: want another share than 1/%d, whose first phase has no length",
			s.PctStart, s.total())
	}
	return momenta("OneCycleLR", s.CycleMomentum, s.BaseMomentum, s.MaxMomentum)
}

func (s OneCycleLR) String() string { return spec.Format("OneCycleLR", s.settings()...) }
