package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/spec"
)

// RMSprop divides by the root of a running mean of squared gradients:
//
//	square = alpha·square + (1 − alpha)·g²
//	mean = alpha·mean + (1 − alpha)·g                with Centered; else mean is 0
//	d = g/(√(square − mean²) + eps)
//	v = momentum·v + d                               with momentum; else v is d
//	w = w − lr·v
//
// Tieleman and Hinton, Lecture 6.5, 2012; centered: Graves, 2013, arXiv:1308.0850, eq. 38 to 45. It is PyTorch's
// RMSprop, with eps outside the root.
type RMSprop struct {
	LR          float64 // lr, at least 0; 0.01
	Alpha       float64 // alpha, from 0 to 1; 0.99. PyTorch takes more, with which square soon has no root
	Eps         float64 // eps, at least 0; 1e-8
	WeightDecay float64 // weight_decay, at least 0; 0
	Momentum    float64 // momentum, at least 0; 0
	Centered    bool    // centered; False
	L1          float64 // l1, at least 0; 0. Not PyTorch's
	Maximize    bool    // maximize: climb instead; False
}

func (s *RMSprop) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-2).AtLeast(0).StatesZero(),
		spec.Optional("alpha", &s.Alpha, 0.99).Within(0, 1),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("momentum", &s.Momentum, 0).AtLeast(0),
		spec.Optional("centered", &s.Centered, false),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s RMSprop) String() string { return spec.Format("RMSprop", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s RMSprop) Validate() error {
	return validate[RMSprop](s.settings(), s.Alpha == 0 && s.Eps == 0, "alpha is 0 and eps is 0")
}

func (s RMSprop) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize,
		MomentumKind: AnyMomentum, Momentum: s.Momentum,
	}
}

func (s RMSprop) Buffers(momentum float64, _ []int) (b Buffers) {
	b[0].Name = "square_avg"
	if s.Centered {
		b[1].Name = "grad_avg"
	}
	if momentum > 0 {
		b[2].Name = "momentum_buffer"
	}
	return b
}

func (s RMSprop) Rules() (Rule[float32], Rule[float64]) {
	return &rmsprop[float32]{set: s}, &rmsprop[float64]{set: s}
}

type rmsprop[T kernels.Float] struct {
	set RMSprop
	bounds[T]
	rate, alpha, gain, eps, momentum T // gain is 1 − alpha
}

func (r *rmsprop[T]) Prepare(h *Hyper) {
	r.rate, r.momentum = narrow[T](h.Rate), narrow[T](h.Momentum)
	r.alpha, r.gain, r.eps = T(r.set.Alpha), T(1-r.set.Alpha), positive[T](r.set.Eps)
	r.bounds = newBounds(r.rate, r.eps)
}

func (r *rmsprop[T]) Apply(w, g []T, s State[T]) {
	square, mean, v := s[0], s[1], s[2]
	if r.momentum == 0 {
		v = nil
	}
	for i, x := range g {
		square[i] = r.alpha*square[i] + r.gain*x*x
		variance := square[i]
		if mean != nil {
			mean[i] = r.alpha*mean[i] + r.gain*x
			if variance -= mean[i] * mean[i]; variance < 0 {
				variance = 0 // a rounding took it below
			}
		}
		d := root(variance) + r.eps
		if v == nil {
			w[i] -= r.rate * x / d
			continue
		}
		v[i] = r.momentum*v[i] + x/d
		w[i] -= r.rate * v[i]
	}
}
