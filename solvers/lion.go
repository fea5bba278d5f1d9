package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// Lion steps by the sign of a mix of gradient and momentum. Every element moves by lr, so the rate should be 3 to 10
// times below Adam's:
//
//	c = β1·m + (1 − β1)·g
//	w = w − lr·(weight_decay·w + l1·sign(w)) − lr·sign(c)
//	m = β2·m + (1 − β2)·g
//
// Chen et al., Symbolic discovery of optimization algorithms, 2023, arXiv:2302.06675, algorithm 2, and the defaults of
// its authors' program. PyTorch 1.13 has none.
type Lion struct {
	LR          float64    // lr, at least 0; 0.0001
	Betas       [2]float64 // betas, each at least 0 and below 1; (0.9, 0.99)
	WeightDecay float64    // weight_decay, at least 0; 0
	L1          float64    // l1, at least 0; 0
	Maximize    bool       // maximize: climb instead; False
}

func (s *Lion) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-4).AtLeast(0).StatesZero(),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.99}).AtLeast(0).Below(1),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s Lion) String() string { return spec.Format("Lion", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Lion) Validate() error {
	return validate[Lion](s.settings(), s.Betas == [2]float64{}, "betas is (0, 0)")
}

func (s Lion) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize,
		Decoupled: true, MomentumKind: Beta1, Momentum: s.Betas[0],
	}
}

func (s Lion) Buffers(float64, []int) (b Buffers) {
	b[0].Name = "exp_avg"
	return b
}

func (s Lion) Rules() (Rule[float32], Rule[float64]) {
	return &lion[float32]{set: s}, &lion[float64]{set: s}
}

type lion[T kernels.Float] struct {
	set Lion
	elementwise.Moments[T]
	bounds[T]
	rate T
}

func (r *lion[T]) Prepare(h *Hyper) {
	r.Moments, r.rate = moments[T](h, r.set.Betas), narrow[T](h.Rate)
	r.bounds = newBounds(r.rate, 1) // it does not divide
}

func (r *lion[T]) Apply(w, g []T, s State[T]) {
	m := s[0]
	for i, x := range g {
		w[i] -= r.rate * elementwise.Sign(r.Beta1*m[i]+r.Gain1*x)
		m[i] = r.Beta2*m[i] + r.Gain2*x
	}
}
