package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// Adadelta scales the gradient by the ratio of two running means, of squared steps and of squared gradients:
//
//	square = rho·square + (1 − rho)·g²
//	d = √(delta + eps)/√(square + eps)·g
//	delta = rho·delta + (1 − rho)·d²
//	w = w − lr·d
//
// Zeiler, Adadelta, 2012, arXiv:1212.5701, algorithm 1; lr is PyTorch's addition.
type Adadelta struct {
	LR          float64 // lr, at least 0; 1
	Rho         float64 // rho, from 0 to 1; 0.9
	Eps         float64 // eps, at least 0; 1e-6
	WeightDecay float64 // weight_decay, at least 0; 0
	L1          float64 // l1, at least 0; 0. Not PyTorch's
	Maximize    bool    // maximize: climb instead; False
}

func (s *Adadelta) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1).AtLeast(0).StatesZero(),
		spec.Optional("rho", &s.Rho, 0.9).Within(0, 1),
		spec.Optional("eps", &s.Eps, 1e-6).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s Adadelta) String() string { return spec.Format("Adadelta", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Adadelta) Validate() error {
	return validate[Adadelta](s.settings(), s.Rho == 0 && s.Eps == 0, "rho is 0 and eps is 0")
}

func (s Adadelta) Traits() Traits {
	return Traits{LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize}
}

func (s Adadelta) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[1].Name = "square_avg", "acc_delta"
	return b
}

func (s Adadelta) Rules() (Rule[float32], Rule[float64]) {
	return &adadelta[float32]{set: s}, &adadelta[float64]{set: s}
}

type adadelta[T kernels.Float] struct {
	set Adadelta
	bounds[T]
	rate, rho, gain, eps, least T // gain is 1 − rho; least is eps, or the least positive number for an eps of 0
}

func (r *adadelta[T]) Prepare(h *Hyper) {
	r.rate, r.rho, r.gain = narrow[T](h.Rate), T(r.set.Rho), T(1-r.set.Rho)
	r.eps = narrow[T](r.set.Eps)
	r.least, r.bounds = max(r.eps, elementwise.Least[T]()), newBounds(r.rate, r.eps)
}

func (r *adadelta[T]) Apply(w, g []T, s State[T]) {
	square, delta := s[0], s[1]
	for i, x := range g {
		square[i] = r.rho*square[i] + r.gain*x*x
		d := root(delta[i]+r.eps) / root(square[i]+r.least) * x
		delta[i] = r.rho*delta[i] + r.gain*d*d
		w[i] -= r.rate * d
	}
}
