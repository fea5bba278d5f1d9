package schedules

import (
	"errors"

	"anneal/internal/spec"
)

// MultiplicativeLR multiplies the rate at every count by Factor, or by a function of the count:
//
//	base·Factorᶜᵒᵘⁿᵗ  or  base·Lambda(1)·Lambda(2)·…·Lambda(count)
//
// PyTorch's MultiplicativeLR takes a function; its usual constant result is Factor here. A spec names a function that
// Register knows: MultiplicativeLR(lr_lambda=slower). The product has at most 2²⁰ factors, and stays then. Inside a
// SequentialLR it differs from ExponentialLR: it goes on from the rate that it finds, at its count 0 by Lambda(0).
type MultiplicativeLR struct {
	Factor float64  // > 0, or stated in a spec 0; not used with a function
	Lambda Function // nil: the registered function called Name, or Factor if there is no Name
	Name   string
}

func (s *MultiplicativeLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("factor", &s.Factor, 0).AtLeast(0).StatesZero(),
		function("lr_lambda", &s.Name).Own().Maybe(),
	}
}

func (s MultiplicativeLR) At(base float64, count int) float64 {
	if !s.varies() {
		return multiplied(base, s.Factor, count)
	}
	return s.track(base)(count).rate
}

// varies reports whether a function gives the factors.
func (s MultiplicativeLR) varies() bool { return s.Lambda != nil || s.Name != "" }

func (s MultiplicativeLR) track(base float64) track {
	if !s.varies() {
		return func(count int) point { return point{rate: multiplied(base, s.Factor, count)} }
	}
	f := resolve(s.Lambda, s.Name)
	at, rate := 0, base
	return func(count int) point {
		count = min(count, replayed)
		if count < at {
			at, rate = 0, base
		}
		for ; at < count; at++ {
			rate = bounded(rate * f(at+1))
		}
		return point{rate: rate}
	}
}

func (s MultiplicativeLR) Validate() error {
	if !s.varies() {
		return spec.Validate("MultiplicativeLR", spec.Required("factor", &s.Factor).AtLeast(0).StatesZero())
	}
	if s.Factor != 0 {
		return errors.New("MultiplicativeLR: factor and lr_lambda are given: want one of them")
	}
	return validFunction("MultiplicativeLR", s.Lambda, s.Name)
}

func (s MultiplicativeLR) String() string {
	switch {
	case s.Lambda != nil && s.Name == "":
		return "MultiplicativeLR(lr_lambda=<a Go function>)"
	case s.varies():
		return spec.Format("MultiplicativeLR", s.settings()[1:]...)
	}
	return spec.Format("MultiplicativeLR", spec.Required("factor", &s.Factor))
}

// factor returns what the rate is multiplied by at count.
func (s MultiplicativeLR) factor(count int) float64 {
	switch {
	case !s.varies():
		return s.Factor
	case count > replayed:
		return 1
	}
	return resolve(s.Lambda, s.Name)(count)
}

func (s MultiplicativeLR) next(lr, _ float64, count int) float64 {
	if count == 0 {
		return lr
	}
	return lr * s.factor(count)
}

func (s MultiplicativeLR) restart(lr, _ float64) float64 { return lr * s.factor(0) }
