package schedules

import (
	"fmt"

	"anneal/internal/spec"
)

// wrapper is a schedule that follows another one and changes its rates: WarmupLR, FloorLR and ScaledLR.
type wrapper interface {
	// wrapped returns the other schedule, and the number of counts that pass before it is followed.
	wrapped() (s Schedule, after int)
	// around returns the wrapper of another schedule.
	around(s Schedule) Schedule
}

// wrappedMomentum returns the momentum of the schedule that w wraps, which waits at its first value before it is
// followed.
func wrappedMomentum(w wrapper, count int) (float64, bool) {
	s, after := w.wrapped()
	if m, ok := s.(MomentumSchedule); ok {
		return m.MomentumAt(max(0, count-after))
	}
	return 0, false
}

// wrappedPlateau is plateau of the schedule that w wraps.
func wrappedPlateau(w wrapper) (ReduceLROnPlateau, int, bool) {
	s, after := w.wrapped()
	settings, wait, ok := PlateauOf(s)
	return settings, wait + after, ok
}

// validWrapper checks the schedule that w wraps, and then its own settings.
func validWrapper(name string, w wrapper, settings []spec.Setting) error {
	s, _ := w.wrapped()
	if s == nil {
		return fmt.Errorf("%s: scheduler is nil: want a schedule", name)
	}
	if err := s.Validate(); err != nil {
		return err
	}
	return spec.Validate(name, settings...)
}
