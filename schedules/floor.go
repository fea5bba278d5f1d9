package schedules

import "anneal/internal/spec"

// FloorLR follows Scheduler, but never below MinLR:
//
//	max(Scheduler.At(base, count), MinLR)
//
// It gives schedules a floor that have none of their own, such as ExponentialLR and StepLR: optax's end_value. PyTorch
// has none.
type FloorLR struct {
	Scheduler Schedule
	MinLR     float64 // min_lr, ≥ 0
}

func (s *FloorLR) settings() []spec.Setting {
	return []spec.Setting{
		nested("scheduler", &s.Scheduler),
		spec.Required("min_lr", &s.MinLR).AtLeast(0),
	}
}

func (s FloorLR) At(base float64, count int) float64 {
	return max(s.Scheduler.At(base, count), s.MinLR)
}

// MomentumAt returns Scheduler's momentum.
func (s FloorLR) MomentumAt(count int) (float64, bool) { return wrappedMomentum(s, count) }

func (s FloorLR) track(base float64, r *reductions) track {
	inner := trackOf(s.Scheduler, base, r)
	return func(count int) point {
		p := inner(count)
		p.rate = max(p.rate, s.MinLR)
		return p
	}
}

func (s FloorLR) plateau() (ReduceLROnPlateau, int, bool) { return wrappedPlateau(s) }

func (s FloorLR) wrapped() (Schedule, int) { return s.Scheduler, 0 }

func (s FloorLR) around(other Schedule) Schedule {
	s.Scheduler = other
	return s
}

func (s FloorLR) Validate() error { return validWrapper("FloorLR", s, s.settings()) }

func (s FloorLR) String() string { return spec.Format("FloorLR", s.settings()...) }
