package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// NAdam is Adam with Nesterov's momentum, which has its own schedule; t counts a parameter's steps from 1:
//
//	μ(t) = β1·(1 − 0.96^(t·momentum_decay)/2)
//	p = p·μ(t)                                       p starts at 1
//	m, v as in Adam
//	w = w − lr·(1 − μ(t))/(1 − p)·g/d − lr·μ(t+1)/(1 − p·μ(t+1))·m/d,  d = √(v/(1 − β2ᵗ)) + eps
//
// Dozat, Incorporating Nesterov momentum into Adam, 2016. It is the NAdam of PyTorch since 2.0 and of Keras; PyTorch
// 1.13 had the factor μ(t) twice in the second denominator. As in PyTorch, p is a float32.
type NAdam struct {
	LR                   float64    // lr, at least 0; 0.002
	Betas                [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps                  float64    // eps, at least 0; 1e-8
	WeightDecay          float64    // weight_decay, at least 0; 0
	MomentumDecay        float64    // momentum_decay, at least 0; 0.004
	DecoupledWeightDecay bool       // decoupled_weight_decay: as in AdamW; False
	L1                   float64    // l1, at least 0; 0. Not PyTorch's
	Maximize             bool       // maximize: climb instead; False
}

func (s *NAdam) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 2e-3).AtLeast(0).StatesZero(),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}).AtLeast(0).Below(1),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("momentum_decay", &s.MomentumDecay, 4e-3).AtLeast(0),
		spec.Optional("decoupled_weight_decay", &s.DecoupledWeightDecay, false),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s NAdam) String() string { return spec.Format("NAdam", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s NAdam) Validate() error {
	return validate[NAdam](s.settings(), s.Betas == [2]float64{} && s.Eps == 0, "betas is (0, 0) and eps is 0")
}

func (s NAdam) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Decoupled: s.DecoupledWeightDecay, Maximize: s.Maximize,
		MomentumKind: Beta1, Momentum: s.Betas[0],
	}
}

func (s NAdam) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[1].Name = "exp_avg", "exp_avg_sq"
	return b
}

func (s NAdam) Rules() (Rule[float32], Rule[float64]) {
	return &nadam[float32]{set: s, product: 1}, &nadam[float64]{set: s, product: 1}
}

type nadam[T kernels.Float] struct {
	set NAdam
	elementwise.Moments[T]
	bounds[T]
	rateG, rateM, correction, eps T // the rates of g and of m; correction is 1 − β2ᵗ
	product                       T // p, rounded to float32
}

// number returns p, which State keeps with the moments.
func (r *nadam[T]) number() (name string, value *T) { return "mu_product", &r.product }

func (r *nadam[T]) Prepare(h *Hyper) {
	mu := func(t int64) float64 {
		return h.Momentum * (1 - 0.5*math.Pow(0.96, float64(t)*r.set.MomentumDecay))
	}
	now, next := mu(h.Step), mu(h.Step+1)
	r.product = T(min(float32(r.product)*float32(now), math.Nextafter32(1, 0))) // below 1, however β1 is rounded
	product := float64(r.product)
	_, c2 := corrections(h, r.set.Betas)
	r.Moments, r.correction, r.eps = moments[T](h, r.set.Betas), T(c2), positive[T](r.set.Eps)
	r.rateG = narrow[T](h.Rate * (1 - now) / (1 - product))
	r.rateM = narrow[T](h.Rate * next / (1 - product*next))
	r.bounds = newBounds(max(r.rateG, r.rateM), r.eps)
}

func (r *nadam[T]) Apply(w, g []T, s State[T]) {
	m, v := s[0], s[1]
	for i, x := range g {
		m[i] = r.Beta1*m[i] + r.Gain1*x
		v[i] = r.Beta2*v[i] + r.Gain2*x*x
		d := root(v[i]/r.correction) + r.eps
		w[i] = w[i] - r.rateG*x/d - r.rateM*m[i]/d
	}
}
