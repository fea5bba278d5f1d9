package schedules

import (
	"math"

	"anneal/internal/spec"
)

// multiplied returns base·factorⁿ, computed as PyTorch does, to the last bit, in n rounded products, or from exp and
// log if n is large.
func multiplied(base, factor float64, n int) float64 {
	if n > 4096 {
		return base * math.Exp(float64(n)*math.Log(factor))
	}
	for range n {
		base *= factor
	}
	return base
}

// ExponentialLR multiplies the rate by Gamma at every count:
//
//	base·Gammaᶜᵒᵘⁿᵗ
//
// PyTorch's ExponentialLR.
type ExponentialLR struct {
	Gamma float64 // ≥ 0; above 1 the rate grows
}

func (s *ExponentialLR) settings() []spec.Setting {
	return []spec.Setting{spec.Required("gamma", &s.Gamma).AtLeast(0)}
}

func (s ExponentialLR) At(base float64, count int) float64 { return multiplied(base, s.Gamma, count) }

func (s ExponentialLR) Validate() error { return spec.Validate("ExponentialLR", s.settings()...) }

func (s ExponentialLR) String() string { return spec.Format("ExponentialLR", s.settings()...) }

func (s ExponentialLR) next(lr, _ float64, count int) float64 {
	if count == 0 {
		return lr
	}
	return lr * s.Gamma
}

// MultiplicativeLR multiplies the rate by Factor at every count:
//
//	base·Factorᶜᵒᵘⁿᵗ
//
// PyTorch's MultiplicativeLR takes a function; here its usual constant result has a spec. Inside a SequentialLR it
// differs from ExponentialLR: it goes on from the rate that it finds.
type MultiplicativeLR struct {
	Factor float64 // ≥ 0
}

func (s *MultiplicativeLR) settings() []spec.Setting {
	return []spec.Setting{spec.Required("factor", &s.Factor).AtLeast(0)}
}

func (s MultiplicativeLR) At(base float64, count int) float64 {
	return multiplied(base, s.Factor, count)
}

func (s MultiplicativeLR) Validate() error { return spec.Validate("MultiplicativeLR", s.settings()...) }

func (s MultiplicativeLR) String() string { return spec.Format("MultiplicativeLR", s.settings()...) }

func (s MultiplicativeLR) next(lr, base float64, count int) float64 {
	return ExponentialLR{s.Factor}.next(lr, base, count)
}

func (s MultiplicativeLR) restart(lr, _ float64) float64 { return lr }

// PolynomialLR lowers the rate to 0 over TotalIters counts, and leaves it there:
//
//	base·(1 − min(count, TotalIters)/TotalIters)^Power
//
// PyTorch's PolynomialLR. With TotalIters 0 the rate stays at base.
type PolynomialLR struct {
	TotalIters int     // ≥ 0; 5 in a spec without it
	Power      float64 // ≥ 0; 1 in a spec without it
}

func (s *PolynomialLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("total_iters", &s.TotalIters, 5).AtLeast(0),
		spec.Optional("power", &s.Power, 1).AtLeast(0),
	}
}

func (s PolynomialLR) At(base float64, count int) float64 {
	if s.TotalIters == 0 {
		return base
	}
	return base * math.Pow(s.left(min(count, s.TotalIters)), s.Power)
}

// left returns the share of the counts that is still to come.
func (s PolynomialLR) left(count int) float64 { return 1 - float64(count)/float64(s.TotalIters) }

func (s PolynomialLR) Validate() error { return spec.Validate("PolynomialLR", s.settings()...) }

func (s PolynomialLR) String() string { return spec.Format("PolynomialLR", s.settings()...) }

func (s PolynomialLR) next(lr, _ float64, count int) float64 {
	if count == 0 || count > s.TotalIters {
		return lr
	}
	return lr * math.Pow(s.left(count)/s.left(count-1), s.Power)
}
