package schedules

import (
	"math"

	"anneal/internal/spec"
)

// bounded returns x, and the largest number in place of infinity.
func bounded(x float64) float64 {
	return max(-math.MaxFloat64, min(math.MaxFloat64, x)) + 0 // negative zero becomes 0
}

// multiplied returns base·factorⁿ, computed as PyTorch does, to the last bit, in n rounded products, or from exp and
// log if n is large. What is too large for a number is the largest number.
func multiplied(base, factor float64, n int) float64 {
	if n > 4096 {
		if base == 0 || factor == 0 {
			return 0
		}
		return bounded(base * bounded(math.Exp(float64(n)*math.Log(factor))))
	}
	for range n {
		base *= factor
	}
	return bounded(base)
}

// ExponentialLR multiplies the rate by Gamma at every count:
//
//	base·Gammaᶜᵒᵘⁿᵗ
//
// PyTorch's ExponentialLR.
type ExponentialLR struct {
	Gamma float64 // > 0, or stated in a spec 0; above 1 the rate grows
}

func (s *ExponentialLR) settings() []spec.Setting {
	return []spec.Setting{spec.Required("gamma", &s.Gamma).AtLeast(0).StatesZero()}
}

func (s ExponentialLR) At(base float64, count int) float64 { return multiplied(base, s.Gamma, count) }

func (s ExponentialLR) Validate() error { return valid("ExponentialLR", s.settings()) }

func (s ExponentialLR) String() string { return spec.Format("ExponentialLR", s.settings()...) }

func (s ExponentialLR) next(lr, _ float64, count int) float64 {
	if count == 0 {
		return lr
	}
	return lr * s.Gamma
}

// PolynomialLR lowers the rate to EndLR over TotalIters counts, and leaves it there:
//
//	EndLR + (base−EndLR)·(1 − min(count, TotalIters)/TotalIters)^Power
//
// PyTorch's PolynomialLR, which has no end_lr: it ends at 0. With TotalIters 0 the rate stays at base.
type PolynomialLR struct {
	TotalIters int     // ≥ 0; 5 in a spec without it
	Power      float64 // > 0, or stated in a spec 0; 1 in a spec without it
	EndLR      float64 // end_lr, ≥ 0, by key only; 0
}

func (s *PolynomialLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("total_iters", &s.TotalIters, 5).AtLeast(0),
		spec.Optional("power", &s.Power, 1).AtLeast(0).StatesZero(),
		spec.Optional("end_lr", &s.EndLR, 0).AtLeast(0).Own(),
	}
}

func (s PolynomialLR) At(base float64, count int) float64 {
	if s.TotalIters == 0 {
		return base
	}
	return s.EndLR + (base-s.EndLR)*math.Pow(s.left(min(count, s.TotalIters)), s.Power)
}

// left returns the share of the counts that is still to come.
func (s PolynomialLR) left(count int) float64 { return 1 - float64(count)/float64(s.TotalIters) }

func (s PolynomialLR) Validate() error { return valid("PolynomialLR", s.settings()) }

func (s PolynomialLR) String() string { return spec.Format("PolynomialLR", s.settings()...) }

func (s PolynomialLR) next(lr, _ float64, count int) float64 {
	if count == 0 || count > s.TotalIters {
		return lr
	}
	return s.EndLR + (lr-s.EndLR)*math.Pow(s.left(count)/s.left(count-1), s.Power)
}

func (s PolynomialLR) move(lr, _ float64, from, to int) float64 {
	if from >= s.TotalIters {
		return lr
	}
	return s.EndLR + (lr-s.EndLR)*math.Pow(s.left(min(to, s.TotalIters))/s.left(from), s.Power)
}
