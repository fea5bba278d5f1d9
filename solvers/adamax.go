package solvers

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// Adamax is Adam with the largest recent gradient in place of the root mean square; t counts a parameter's steps from
// 1:
//
//	m = β1·m + (1 − β1)·g
//	u = max(β2·u, |g| + eps)
//	w = w − lr/(1 − β1ᵗ)·m/u
//
// Kingma and Ba, 2015, arXiv:1412.6980, algorithm 2; eps, against a division by 0, is PyTorch's.
type Adamax struct {
	LR          float64    // lr, at least 0; 0.002
	Betas       [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps         float64    // eps, at least 0; 1e-8
	WeightDecay float64    // weight_decay, at least 0; 0
	L1          float64    // l1, at least 0; 0. Not PyTorch's
	Maximize    bool       // maximize: climb instead; False
}

func (s *Adamax) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 2e-3).AtLeast(0).StatesZero(),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}).AtLeast(0).Below(1),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s Adamax) String() string { return spec.Format("Adamax", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Adamax) Validate() error {
	return validate[Adamax](s.settings(), s.Betas == [2]float64{} && s.Eps == 0, "betas is (0, 0) and eps is 0")
}

func (s Adamax) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize,
		MomentumKind: Beta1, Momentum: s.Betas[0],
	}
}

func (s Adamax) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[1].Name = "exp_avg", "exp_inf"
	return b
}

func (s Adamax) Rules() (Rule[float32], Rule[float64]) {
	return &adamax[float32]{set: s}, &adamax[float64]{set: s}
}

type adamax[T kernels.Float] struct {
	set Adamax
	elementwise.Moments[T]
	bounds[T]
	rate, eps T
}

func (r *adamax[T]) Prepare(h *Hyper) {
	c1, _ := corrections(h, r.set.Betas)
	r.Moments, r.rate, r.eps = moments[T](h, r.set.Betas), narrow[T](h.Rate/c1), narrow[T](r.set.Eps)
	r.bounds = newBounds(r.rate, r.eps)
}

func (r *adamax[T]) Apply(w, g []T, s State[T]) {
	m, u := s[0], s[1]
	for i, x := range g {
		m[i] = r.Beta1*m[i] + r.Gain1*x
		u[i] = max(r.Beta2*u[i], max(x, -x)+r.eps)
		if u[i] != 0 { // else eps is 0, and so was every gradient
			w[i] -= r.rate * m[i] / u[i]
		}
	}
}
