package schedules

import "anneal/internal/spec"

// ConstantLR multiplies the rate by Factor for the first TotalIters counts:
//
//	base·Factor  for count < TotalIters, then base
//
// PyTorch's ConstantLR. As there, with TotalIters 0 the rate is base·Factor for good.
type ConstantLR struct {
	Factor     float64 // 0 < Factor ≤ 1 (PyTorch accepts 0, then divides by it); 1/3 in a spec without it
	TotalIters int     // ≥ 0; 5 in a spec without it
}

func (s *ConstantLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("factor", &s.Factor, 1.0/3).Above(0).AtMost(1),
		spec.Optional("total_iters", &s.TotalIters, 5).AtLeast(0),
	}
}

func (s ConstantLR) At(base float64, count int) float64 {
	if s.TotalIters == 0 || count < s.TotalIters {
		return base * s.Factor
	}
	return base
}

func (s ConstantLR) Validate() error { return valid("ConstantLR", s.settings()) }

func (s ConstantLR) String() string { return spec.Format("ConstantLR", s.settings()...) }

func (s ConstantLR) next(lr, _ float64, count int) float64 {
	switch count {
	case 0:
		return lr * s.Factor
	case s.TotalIters:
		return lr * (1 / s.Factor)
	}
	return lr
}

func (s ConstantLR) restart(_, base float64) float64 {
	if s.TotalIters == 0 {
		return base
	}
	return base * s.Factor
}

// LinearLR moves the rate along a line for TotalIters counts:
//
//	base·(StartFactor + (EndFactor−StartFactor)·min(count, TotalIters)/TotalIters)
//
// PyTorch's LinearLR. As there, with TotalIters 0 the rate is base·StartFactor for good. With EndFactor 0 PyTorch
// ends about 1e-18 away from 0, this one at 0.
type LinearLR struct {
	StartFactor float64 // 0 < StartFactor ≤ 1 (PyTorch accepts 0, then divides by it); 1/3 in a spec without it
	EndFactor   float64 // 0 < EndFactor ≤ 1, or stated in a spec 0; 1 in a spec without it
	TotalIters  int     // ≥ 0; 5 in a spec without it
}

func (s *LinearLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("start_factor", &s.StartFactor, 1.0/3).Above(0).AtMost(1),
		spec.Optional("end_factor", &s.EndFactor, 1).Within(0, 1).StatesZero(),
		spec.Optional("total_iters", &s.TotalIters, 5).AtLeast(0),
	}
}

func (s LinearLR) At(base float64, count int) float64 {
	if s.TotalIters == 0 {
		return base * s.StartFactor
	}
	done := float64(min(count, s.TotalIters)) / float64(s.TotalIters)
	return base * (s.StartFactor + (s.EndFactor-s.StartFactor)*done)
}

func (s LinearLR) Validate() error { return valid("LinearLR", s.settings()) }

func (s LinearLR) String() string { return spec.Format("LinearLR", s.settings()...) }

func (s LinearLR) next(lr, _ float64, count int) float64 {
	if count == 0 {
		return lr * s.StartFactor
	}
	if count > s.TotalIters {
		return lr
	}
	if count == s.TotalIters && s.EndFactor == 0 {
		return 0
	}
	rise := s.EndFactor - s.StartFactor
	return lr * (1 + rise/(float64(s.TotalIters)*s.StartFactor+float64(count-1)*rise))
}
