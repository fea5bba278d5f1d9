package schedules

import (
	"errors"

	"anneal/internal/spec"
)

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
func (s FloorLR) MomentumAt(count int) (float64, bool) {
	if m, ok := s.Scheduler.(MomentumSchedule); ok {
		return m.MomentumAt(count)
	}
	return 0, false
}

func (s FloorLR) track(base float64, r *reductions) track {
	inner := trackOf(s.Scheduler, base, r)
	return func(count int) point {
		p := inner(count)
		p.rate = max(p.rate, s.MinLR)
		return p
	}
}

func (s FloorLR) plateau() (ReduceLROnPlateau, int, bool) { return PlateauOf(s.Scheduler) }

func (s FloorLR) Validate() error {
	if s.Scheduler == nil {
		return errors.New("FloorLR: scheduler is nil: want a schedule")
	}
	if err := s.Scheduler.Validate(); err != nil {
		return err
	}
	return spec.Validate("FloorLR", s.settings()...)
}

func (s FloorLR) String() string { return spec.Format("FloorLR", s.settings()...) }
