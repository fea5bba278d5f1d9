package schedules

import (
	"math"

	"anneal/internal/spec"
)

// InverseTimeLR lowers the rate with the inverse of the count:
//
//	base / (1 + DecayRate·count/DecaySteps)
//
// Robbins and Monro, A Stochastic Approximation Method, 1951; TensorFlow's InverseTimeDecay. PyTorch has none.
type InverseTimeLR struct {
	DecayRate  float64 // ≥ 0
	DecaySteps int     // ≥ 1; 1 in a spec without it
}

func (s *InverseTimeLR) settings() []spec.Setting {
	return []spec.Setting{
		spec.Required("decay_rate", &s.DecayRate).AtLeast(0),
		spec.Optional("decay_steps", &s.DecaySteps, 1).AtLeast(1),
	}
}

func (s InverseTimeLR) At(base float64, count int) float64 {
	return base / (1 + s.DecayRate*float64(count)/float64(s.DecaySteps))
}

func (s InverseTimeLR) Validate() error { return valid("InverseTimeLR", s.settings()) }

func (s InverseTimeLR) String() string { return spec.Format("InverseTimeLR", s.settings()...) }

// InverseSqrtLR raises the rate along a line for WarmupIters counts and lowers it with the inverse square root after;
// with t = count+1 it is
//
//	base·min(t/WarmupIters, √(WarmupIters/t))
//
// Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762, eq. 3, scaled so that its peak is base. PyTorch
// has none.
type InverseSqrtLR struct {
	WarmupIters int // ≥ 1; 1, which is no warm-up, in a spec without it
}

func (s *InverseSqrtLR) settings() []spec.Setting {
	return []spec.Setting{spec.Optional("warmup_iters", &s.WarmupIters, 1).AtLeast(1)}
}

func (s InverseSqrtLR) At(base float64, count int) float64 {
	t := float64(count+1) / float64(s.WarmupIters)
	return base * min(t, 1/math.Sqrt(t))
}

func (s InverseSqrtLR) Validate() error { return valid("InverseSqrtLR", s.settings()) }

func (s InverseSqrtLR) String() string { return spec.Format("InverseSqrtLR", s.settings()...) }
