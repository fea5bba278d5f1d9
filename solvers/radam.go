package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// RAdam is Adam that divides by √v only once v rests on enough steps; t counts a parameter's steps from 1:
//
//	m, v as in Adam
//	ρ∞ = 2/(1 − β2) − 1,  ρ = ρ∞ − 2t·β2ᵗ/(1 − β2ᵗ)
//	r = √((ρ − 4)(ρ − 2)ρ∞/((ρ∞ − 4)(ρ∞ − 2)ρ))
//	w = w − lr·m/(1 − β1ᵗ)·r·√(1 − β2ᵗ)/(√v + eps)   if ρ > 5
//	w = w − lr·m/(1 − β1ᵗ)                           else
//
// Liu et al., On the variance of the adaptive learning rate and beyond, 2020, arXiv:1908.03265, algorithm 2, with
// PyTorch's threshold of 5 for the paper's 4.
type RAdam struct {
	LR                   float64    // lr, at least 0; 0.001
	Betas                [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps                  float64    // eps, at least 0; 1e-8
	WeightDecay          float64    // weight_decay, at least 0; 0
	DecoupledWeightDecay bool       // decoupled_weight_decay: as in AdamW; False
	L1                   float64    // l1, at least 0; 0. Not PyTorch's
	Maximize             bool       // maximize: climb instead; False
}

func (s *RAdam) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-3).AtLeast(0).StatesZero(),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}).AtLeast(0).Below(1),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("decoupled_weight_decay", &s.DecoupledWeightDecay, false),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s RAdam) String() string { return spec.Format("RAdam", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s RAdam) Validate() error {
	return validate[RAdam](s.settings(), s.Betas == [2]float64{} && s.Eps == 0, "betas is (0, 0) and eps is 0")
}

func (s RAdam) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Decoupled: s.DecoupledWeightDecay, Maximize: s.Maximize,
		MomentumKind: Beta1, Momentum: s.Betas[0],
	}
}

func (s RAdam) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[1].Name = "exp_avg", "exp_avg_sq"
	return b
}

func (s RAdam) Rules() (Rule[float32], Rule[float64]) {
	return &radam[float32]{set: s}, &radam[float64]{set: s}
}

type radam[T kernels.Float] struct {
	set RAdam
	elementwise.Moments[T]
	bounds[T]
	rate, eps T
	rectified bool // ρ > 5
}

func (r *radam[T]) Prepare(h *Hyper) {
	b2, t := r.set.Betas[1], float64(h.Step)
	c1, c2 := corrections(h, r.set.Betas)
	most := 2/(1-b2) - 1
	rho := most - 2*t*math.Pow(b2, t)/c2
	rate := h.Rate / c1
	if rho > 5 {
		rate *= math.Sqrt(c2) * math.Sqrt((rho-4)*(rho-2)*most/((most-4)*(most-2)*rho))
	}
	r.Moments, r.rate, r.eps = moments[T](h, r.set.Betas), narrow[T](rate), positive[T](r.set.Eps)
	r.bounds, r.rectified = newBounds(r.rate, r.eps), rho > 5
}

func (r *radam[T]) Apply(w, g []T, s State[T]) {
	m, v := s[0], s[1]
	for i, x := range g {
		m[i] = r.Beta1*m[i] + r.Gain1*x
		v[i] = r.Beta2*v[i] + r.Gain2*x*x
		d := T(1)
		if r.rectified {
			d = root(v[i]) + r.eps
		}
		w[i] -= r.rate * m[i] / d
	}
}
