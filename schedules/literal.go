package schedules

import (
	"fmt"

	"anneal/internal/spec"
)

// declared is a pointer to an S, which declares S's settings.
type declared[S Schedule] interface {
	*S
	settings() []spec.Setting
}

// Default returns a schedule with all its defaults, for those of PyTorch its defaults. What has none is 0 and has to be
// set:
//
//	s := schedules.Default[schedules.StepLR]() // Gamma is 0.1
//	s.StepSize = 5
func Default[S Schedule, P declared[S]]() S {
	var s S
	spec.Reset(P(&s).settings()...)
	return s
}

// valid returns an error of the schedule of that name for the first setting out of range, and says how to have the
// defaults if a Go literal left out a setting that has one.
func valid(name string, settings []spec.Setting) error {
	err := spec.Validate(name, settings...)
	if err != nil && spec.LeftOut(settings...) {
		return fmt.Errorf("%w; in Go, schedules.Default[schedules.%s]() has the defaults", err, name)
	}
	return err
}
