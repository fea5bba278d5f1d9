package schedules

import "anneal/internal/spec"

// StepLR multiplies the rate by Gamma every StepSize counts:
//
//	base·Gamma^⌊count/StepSize⌋
//
// PyTorch's StepLR.
type StepLR struct {
	StepSize int     // ≥ 1
	Gamma    float64 // > 0, or stated in a spec 0; 0.1 in a spec without it
}

func (s *StepLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("step_size", &s.StepSize).AtLeast(1),
		spec.Optional("gamma", &s.Gamma, 0.1).AtLeast(0).StatesZero(),
	}
}

func (s StepLR) At(base float64, count int) float64 {
	return multiplied(base, s.Gamma, count/s.StepSize)
}

func (s StepLR) Validate() error { return valid("StepLR", s.settings()) }

func (s StepLR) String() string { return spec.Format("StepLR", s.settings()...) }

func (s StepLR) next(lr, _ float64, count int) float64 {
	if count == 0 || count%s.StepSize != 0 {
		return lr
	}
	return lr * s.Gamma
}

// MultiStepLR multiplies the rate by Gamma at every milestone, twice at one that is listed twice:
//
//	base·Gammaⁿ,  n = number of milestones ≤ count
//
// PyTorch's MultiStepLR. The order of the milestones does not matter.
type MultiStepLR struct {
	Milestones []int   // each ≥ 0
	Gamma      float64 // > 0, or stated in a spec 0; 0.1 in a spec without it
}

func (s *MultiStepLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("milestones", &s.Milestones).AtLeast(0),
		spec.Optional("gamma", &s.Gamma, 0.1).AtLeast(0).StatesZero(),
	}
}

func (s MultiStepLR) At(base float64, count int) float64 {
	n := 0
	for _, m := range s.Milestones {
		if m <= count {
			n++
		}
	}
	return multiplied(base, s.Gamma, n)
}

func (s MultiStepLR) Validate() error { return valid("MultiStepLR", s.settings()) }

func (s MultiStepLR) String() string { return spec.Format("MultiStepLR", s.settings()...) }

func (s MultiStepLR) next(lr, _ float64, count int) float64 {
	for _, m := range s.Milestones {
		if m == count {
			lr *= s.Gamma
		}
	}
	return lr
}
