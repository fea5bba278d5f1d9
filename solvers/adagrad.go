package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/spec"
)

// Adagrad divides by the root of the sum of all squared gradients so far; t counts a parameter's steps from 1:
//
//	sum = sum + g²
//	w = w − lr/(1 + (t − 1)·lr_decay)·g/(√sum + eps)
//
// Duchi, Hazan and Singer, Adaptive subgradient methods, 2011, and PyTorch's Adagrad.
type Adagrad struct {
	LR                      float64 // lr, at least 0; 0.01
	LRDecay                 float64 // lr_decay, at least 0; 0
	WeightDecay             float64 // weight_decay, at least 0; 0
	InitialAccumulatorValue float64 // initial_accumulator_value, what sum starts from, at least 0; 0
	Eps                     float64 // eps, at least 0; 1e-10
	L1                      float64 // l1, at least 0; 0. Not PyTorch's
	Maximize                bool    // maximize: climb instead; False
}

func (s *Adagrad) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-2).AtLeast(0).StatesZero(),
		spec.Optional("lr_decay", &s.LRDecay, 0).AtLeast(0),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("initial_accumulator_value", &s.InitialAccumulatorValue, 0).AtLeast(0),
		spec.Optional("eps", &s.Eps, 1e-10).AtLeast(0).StatesZero(),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s Adagrad) String() string { return spec.Format("Adagrad", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Adagrad) Validate() error {
	return validate[Adagrad](s.settings(), s.Eps == 0 && s.InitialAccumulatorValue == 0,
		"eps is 0 and initial_accumulator_value is 0")
}

func (s Adagrad) Traits() Traits {
	return Traits{LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize}
}

func (s Adagrad) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[0].Fill = "sum", s.InitialAccumulatorValue
	return b
}

func (s Adagrad) Rules() (Rule[float32], Rule[float64]) {
	return &adagrad[float32]{set: s}, &adagrad[float64]{set: s}
}

type adagrad[T kernels.Float] struct {
	set Adagrad
	bounds[T]
	rate, eps T
}

func (r *adagrad[T]) Prepare(h *Hyper) {
	r.rate, r.eps = narrow[T](h.Rate/(1+float64(h.Step-1)*r.set.LRDecay)), positive[T](r.set.Eps)
	r.bounds = newBounds(r.rate, r.eps)
}

func (r *adagrad[T]) Apply(w, g []T, s State[T]) {
	sum := s[0]
	for i, x := range g {
		sum[i] += x * x
		w[i] -= r.rate * x / (root(sum[i]) + r.eps)
	}
}
