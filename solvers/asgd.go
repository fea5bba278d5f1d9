package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// ASGD is gradient descent that decays its own rate η and keeps an average of the weights; t counts a parameter's steps
// from 1:
//
//	w = w·(1 − lambd·η) − η·g
//	ax = ax + (w − ax)·μ
//	η = lr/(1 + lambd·lr·t)^alpha         for the next step; lr at the first
//	μ = 1/max(1, t − t0)                  for the next step; 1 at the first
//
// The average ax is in the solver's state, and nothing evaluates it. Polyak and Juditsky, Acceleration of stochastic
// approximation by averaging, 1992, and PyTorch's ASGD, where η and μ are float32.
type ASGD struct {
	LR          float64 // lr, at least 0; 0.01
	Lambd       float64 // lambd, at least 0; 0.0001
	Alpha       float64 // alpha, at least 0; 0.75
	T0          float64 // t0, at least 0; 1e6
	WeightDecay float64 // weight_decay, at least 0; 0
	L1          float64 // l1, at least 0; 0. Not PyTorch's
	Maximize    bool    // maximize: climb instead; False
}

func (s *ASGD) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-2).AtLeast(0).StatesZero(),
		spec.Optional("lambd", &s.Lambd, 1e-4).AtLeast(0),
		spec.Optional("alpha", &s.Alpha, 0.75).AtLeast(0),
		spec.Optional("t0", &s.T0, 1e6).AtLeast(0),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).Own(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s ASGD) String() string { return spec.Format("ASGD", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s ASGD) Validate() error {
	return validate[ASGD](s.settings(), s.Lambd == 0 && s.Alpha == 0 && s.T0 == 0, "lambd, alpha and t0 are 0")
}

func (s ASGD) Traits() Traits {
	return Traits{LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize}
}

func (s ASGD) Buffers(float64, []int) (b Buffers) {
	b[0].Name = "ax"
	return b
}

func (s ASGD) Rules() (Rule[float32], Rule[float64]) {
	return &asgd[float32]{set: s}, &asgd[float64]{set: s}
}

type asgd[T kernels.Float] struct {
	set              ASGD
	next             T // η of the next step, rounded to float32
	keep, rate, mean T // 1 − lambd·η, η and μ of this step
}

// number returns η, which State keeps with the average.
func (r *asgd[T]) number() (name string, value *T) { return "eta", &r.next }

func (r *asgd[T]) Prepare(h *Hyper) {
	t := float64(h.Step)
	if h.Step == 1 {
		r.next = T(narrow[float32](h.Rate))
	}
	r.rate, r.keep = r.next, narrow[T](1-r.set.Lambd*float64(r.next))
	r.mean = T(float32(1 / max(1, t-1-r.set.T0)))
	r.next = T(narrow[float32](h.Rate / math.Pow(1+r.set.Lambd*h.Rate*t, r.set.Alpha)))
}

func (r *asgd[T]) Apply(w, g []T, s State[T]) {
	mean, most := s[0], elementwise.Largest[T]()
	for i, x := range g {
		w[i] = elementwise.Bound(w[i]*r.keep-r.rate*x, most, x)
		if r.mean == 1 {
			mean[i] = w[i]
		} else {
			mean[i] = elementwise.Bound(mean[i]+(w[i]-mean[i])*r.mean, most, x)
		}
	}
}
