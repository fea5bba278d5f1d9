package solvers

import (
	"fmt"

	"anneal/internal/spec"
)

// Rates returns the rate of each group.
func (e *engine[T]) Rates() []float64 {
	rates := make([]float64, len(e.groups))
	for i, g := range e.groups {
		rates[i] = g.rate
	}
	return rates
}

// SetRate sets the rate of one group.
func (e *engine[T]) SetRate(group int, lr float64) error {
	if err := checkRate(group, len(e.groups), lr); err != nil {
		return err
	}
	e.groups[group].rate = lr
	return nil
}

// SetMomentum sets the momentum of one group.
func (e *engine[T]) SetMomentum(group int, m float64) error {
	if err := within(group, len(e.groups)); err != nil {
		return err
	}
	g := &e.groups[group]
	if g.traits.MomentumKind == NoMomentum {
		return fmt.Errorf("solvers: %v has no momentum to set", g.algorithm)
	}
	if err := checkMomentum(group, len(e.groups), g.traits.MomentumKind, m); err != nil {
		return err
	}
	var bytes int64
	for _, sl := range e.slots {
		if sl.group == group {
			bytes += sl.lacking(g.algorithm.Buffers(m, sl.param.Value().Shape()))
		}
	}
	if err := e.check(bytes); err != nil {
		return err
	}
	g.momentum = m
	for _, sl := range e.slots {
		if sl.group == group {
			sl.grow(g.algorithm.Buffers(m, sl.param.Value().Shape()))
		}
	}
	return nil
}

// RateOf returns the rate of one parameter.
func (e *engine[T]) RateOf(name string) float64 {
	for _, sl := range e.slots {
		if sl.param.Name() == name && !sl.frozen {
			return e.groups[sl.group].rate * sl.layer
		}
	}
	return 0
}

// checkRate returns an error unless there are more groups than group, and lr is a rate.
func checkRate(group, groups int, lr float64) error {
	if err := within(group, groups); err != nil {
		return err
	}
	return spec.Validate("solvers", spec.Required("lr", &lr).AtLeast(0))
}

// checkMomentum returns an error unless there are more groups than group, and m is a momentum of that kind.
func checkMomentum(group, groups int, kind MomentumKind, m float64) error {
	if err := within(group, groups); err != nil {
		return err
	}
	s := spec.Required("momentum", &m).AtLeast(0)
	if kind == Beta1 {
		s = s.Below(1)
	}
	return spec.Validate("solvers", s)
}

func within(group, groups int) error {
	if group < 0 || group >= groups {
		return fmt.Errorf("solvers: there is no group %d: want 0 to %d", group, groups-1)
	}
	return nil
}
