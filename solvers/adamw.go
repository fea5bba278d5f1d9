package solvers

import "anneal/internal/spec"

// AdamW is Adam with decoupled weight decay:
//
//	w = w − lr·(weight_decay·w + l1·sign(w))
//	then Adam's update, whose gradient has no penalties
//
// Loshchilov and Hutter, Decoupled weight decay regularization, 2019, arXiv:1711.05101, algorithm 2, where as in
// PyTorch's AdamW the decay is multiplied by the whole rate.
type AdamW struct {
	LR          float64    // lr, at least 0; 0.001
	Betas       [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps         float64    // eps, at least 0; 1e-8
	WeightDecay float64    // weight_decay, at least 0; 0.01
	AMSGrad     bool       // amsgrad; False
	L1          float64    // l1, at least 0; 0. Not PyTorch's
	Maximize    bool       // maximize: climb instead; False
}

func (s *AdamW) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-3).AtLeast(0).StatesZero(),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}).AtLeast(0).Below(1),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 1e-2).AtLeast(0),
		spec.Optional("amsgrad", &s.AMSGrad, false),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s AdamW) String() string { return spec.Format("AdamW", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s AdamW) Validate() error {
	return validate[AdamW](s.settings(), s.Betas == [2]float64{} && s.Eps == 0, "betas is (0, 0) and eps is 0")
}

func (s AdamW) Traits() Traits {
	return s.adam().Traits()
}

func (s AdamW) Buffers(m float64, shape []int) Buffers { return s.adam().Buffers(m, shape) }
func (s AdamW) Rules() (Rule[float32], Rule[float64])  { return s.adam().Rules() }

func (s AdamW) adam() Adam {
	return Adam{s.LR, s.Betas, s.Eps, s.WeightDecay, s.AMSGrad, true, s.L1, s.Maximize}
}
