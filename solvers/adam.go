package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// Adam divides a running mean of gradients by the root of one of their squares, both corrected for their start at 0; t
// counts a parameter's steps from 1:
//
//	m = β1·m + (1 − β1)·g
//	v = β2·v + (1 − β2)·g²
//	w = w − lr·(m/(1 − β1ᵗ))/(√v/√(1 − β2ᵗ) + eps)
//
// With AMSGrad, the largest v so far takes the place of v in the last line. Kingma and Ba, 2015, arXiv:1412.6980,
// algorithm 1; Reddi, Kale and Kumar, 2018, On the convergence of Adam and beyond, algorithm 2, with the correction
// that PyTorch adds. It is PyTorch's Adam.
type Adam struct {
	LR                   float64    // lr, at least 0; 0.001
	Betas                [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps                  float64    // eps, at least 0; 1e-8
	WeightDecay          float64    // weight_decay, at least 0; 0
	AMSGrad              bool       // amsgrad; False
	DecoupledWeightDecay bool       // decoupled_weight_decay: as in AdamW; False
	L1                   float64    // l1, at least 0; 0. Not PyTorch's
	Maximize             bool       // maximize: climb instead; False
}

func (s *Adam) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-3).AtLeast(0).StatesZero(),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}).AtLeast(0).Below(1),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("amsgrad", &s.AMSGrad, false),
		spec.Optional("decoupled_weight_decay", &s.DecoupledWeightDecay, false).KeywordOnly(),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s Adam) String() string { return spec.Format("Adam", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Adam) Validate() error {
	return validate[Adam](s.settings(), s.Betas == [2]float64{} && s.Eps == 0, "betas is (0, 0) and eps is 0")
}

func (s Adam) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Decoupled: s.DecoupledWeightDecay, Maximize: s.Maximize,
		MomentumKind: Beta1, Momentum: s.Betas[0],
	}
}

func (s Adam) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[1].Name = "exp_avg", "exp_avg_sq"
	if s.AMSGrad {
		b[2].Name = "max_exp_avg_sq"
	}
	return b
}

func (s Adam) Rules() (Rule[float32], Rule[float64]) {
	return &adam[float32]{set: s}, &adam[float64]{set: s}
}

type adam[T kernels.Float] struct {
	set Adam
	k   elementwise.Adam[T]
}

func (r *adam[T]) Prepare(h *Hyper) {
	c1, c2 := corrections(h, r.set.Betas)
	r.k = elementwise.Adam[T]{
		Moments: moments[T](h, r.set.Betas), Rate: narrow[T](h.Rate / c1), Root: T(math.Sqrt(c2)),
		Eps: positive[T](r.set.Eps),
	}
}

func (r *adam[T]) Apply(w, g []T, s State[T]) { r.k.Update(w, g, s[0], s[1], s[2]) }

// corrections returns 1 − β1ᵗ and 1 − β2ᵗ, the sums of the weights in running means that began at 0. β1 is the group's
// momentum.
func corrections(h *Hyper, betas [2]float64) (c1, c2 float64) {
	t := float64(h.Step)
	return 1 - math.Pow(h.Momentum, t), 1 - math.Pow(betas[1], t)
}

// moments returns the shares of the running means; β1 is the group's momentum.
func moments[T kernels.Float](h *Hyper, betas [2]float64) elementwise.Moments[T] {
	return elementwise.Moments[T]{
		Beta1: T(h.Momentum), Gain1: T(1 - h.Momentum), Beta2: T(betas[1]), Gain2: T(1 - betas[1]),
	}
}

// root returns the square root, correctly rounded to T.
func root[T kernels.Float](x T) T { return T(math.Sqrt(float64(x))) }
