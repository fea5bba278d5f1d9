package schedules

import (
	"fmt"
	"math"

	"anneal/internal/spec"
)

// CyclicLR moves the rate up from BaseLR to MaxLR in StepSizeUp counts, down in StepSizeDown, and so on. With h,
// from 0 to 1, the height within the cycle and n the number of the cycle from 1, it is
//
//	BaseLR + (MaxLR−BaseLR)·h·scale
//
// where scale is 1 (triangular), 1/2ⁿ⁻¹ (triangular2) or Gamma^count (exp_range). With CycleMomentum the momentum goes
// the other way: MaxMomentum − (MaxMomentum−BaseMomentum)·h·scale.
//
// The base rate of a group is not used. Smith, Cyclical Learning Rates for Training Neural Networks, 2017,
// arXiv:1506.01186; PyTorch's CyclicLR, without its scale_fn.
type CyclicLR struct {
	BaseLR, MaxLR float64 // 0 ≤ BaseLR ≤ MaxLR
	StepSizeUp    int     // ≥ 1; 2000 in a spec without it
	StepSizeDown  int     // ≥ 0; 0, or None in a spec, stands for StepSizeUp
	Mode          string  // triangular, triangular2 or exp_range; triangular in a spec without it
	Gamma         float64 // ≥ 0, for exp_range; 1 in a spec without it

	CycleMomentum             bool    // True in a spec without it
	BaseMomentum, MaxMomentum float64 // 0 ≤ BaseMomentum ≤ MaxMomentum < 1; 0.8 and 0.9 in a spec without them
}

func (s *CyclicLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("base_lr", &s.BaseLR).AtLeast(0),
		spec.Required("max_lr", &s.MaxLR).AtLeast(0),
		spec.Optional("step_size_up", &s.StepSizeUp, 2000).AtLeast(1),
		spec.Optional("step_size_down", &s.StepSizeDown, 0).AtLeast(0).OrNone(),
		spec.Optional("mode", &s.Mode, "triangular").OneOf("triangular", "triangular2", "exp_range"),
		spec.Optional("gamma", &s.Gamma, 1).AtLeast(0),
		spec.Optional("cycle_momentum", &s.CycleMomentum, true).KeywordOnly(), // PyTorch has scale_fn before it
		spec.Optional("base_momentum", &s.BaseMomentum, 0.8).KeywordOnly(),
		spec.Optional("max_momentum", &s.MaxMomentum, 0.9).KeywordOnly(),
	}
}

func (s CyclicLR) At(_ float64, count int) float64 {
	return bounded(s.BaseLR + (s.MaxLR-s.BaseLR)*s.height(count))
}

// MomentumAt returns the momentum, or false without CycleMomentum.
func (s CyclicLR) MomentumAt(count int) (float64, bool) {
	return bounded(s.MaxMomentum - (s.MaxMomentum-s.BaseMomentum)*s.height(count)), s.CycleMomentum
}

// period returns the number of counts in a cycle.
func (s CyclicLR) period() int {
	if s.StepSizeDown == 0 {
		return 2 * s.StepSizeUp
	}
	return s.StepSizeUp + s.StepSizeDown
}

// height returns h·scale, in PyTorch's order of operations.
func (s CyclicLR) height(count int) float64 {
	period, t := float64(s.period()), float64(count)
	up := float64(s.StepSizeUp) / period
	n := math.Floor(1 + t/period)
	h := 1 + t/period - n
	if count >= replayed { // too many cycles for their number to leave room for the place within one
		h = float64(count%s.period()) / period
	}
	if h <= up {
		h /= up
	} else {
		h = (h - 1) / (up - 1)
	}
	switch s.Mode {
	case "triangular2":
		return h / math.Pow(2, n-1)
	case "exp_range":
		return h * multiplied(1, s.Gamma, count)
	}
	return h
}

func (s CyclicLR) Validate() error {
	if err := valid("CyclicLR", s.settings()); err != nil {
		return err
	}
	if s.MaxLR < s.BaseLR {
		return fmt.Errorf("CyclicLR: max_lr is %v: want at least base_lr, which is %v", s.MaxLR, s.BaseLR)
	}
	return momenta("CyclicLR", s.CycleMomentum, s.BaseMomentum, s.MaxMomentum)
}

func (s CyclicLR) String() string { return spec.Format("CyclicLR", s.settings()...) }
