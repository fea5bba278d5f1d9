package solvers

import "fmt"

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
	if err := check("", within(group, len(e.groups)), atLeast0("lr", lr)); err != nil {
		return err
	}
	e.groups[group].rate = lr
	return nil
}

// SetMomentum sets the momentum of one group.
func (e *engine[T]) SetMomentum(group int, m float64) error {
	var err error
	switch e.traits.momentumKind {
	case anyMomentum:
		err = atLeast0("momentum", m)
	case beta1:
		err = below1("momentum", m)
	default:
		err = fmt.Errorf("%v has no momentum to set", e.algorithm)
	}
	if err := check("", within(group, len(e.groups)), err); err != nil {
		return err
	}
	e.groups[group].momentum = m
	for _, sl := range e.slots {
		if sl.group == group {
			sl.grow(e.algorithm.buffers(m))
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

func within(group, groups int) error {
	if group < 0 || group >= groups {
		return fmt.Errorf("there is no group %d: want 0 to %d", group, groups-1)
	}
	return nil
}
