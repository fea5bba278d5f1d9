package solvers

import "anneal/internal/spec"

// AdamW is Adam with weight decay apart from the gradient:
//
//	w = w − lr·(weight_decay·w + l1·sign(w))
//	then Adam's update with the bare gradient
//
// Loshchilov and Hutter, Decoupled weight decay regularization, 2019, arXiv:1711.05101, algorithm 2, where as in PyTorch's AdamW the
// decay is multiplied by the whole rate.
type AdamW struct {
	LR          float64    // lr, at least 0; 0.001
	Betas       [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps         float64    // eps, at least 0; 1e-8
	WeightDecay float64    // weight_decay, at least 0; 0.01
	AMSGrad     bool       // amsgrad; False
	L1          float64    // l1, at least 0; 0. Not PyTorch's
}

func (s *AdamW) declare() []spec.Param {
	return []spec.Param{
		spec.Optional("lr", &s.LR, 1e-3),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}),
		spec.Optional("eps", &s.Eps, 1e-8),
		spec.Optional("weight_decay", &s.WeightDecay, 1e-2),
		spec.Optional("amsgrad", &s.AMSGrad, false),
		spec.Optional("l1", &s.L1, 0).KeywordOnly(),
	}
}

// String is the spec.
func (s AdamW) String() string { return spec.Format("AdamW", s.declare()...) }

// Validate returns an error for the first setting out of range.
func (s AdamW) Validate() error { return Adam(s).validate("AdamW: ") }

func (s AdamW) traits() traits {
	t := Adam(s).traits()
	t.decoupled = true
	return t
}

func (s AdamW) buffers(m float64) buffers             { return Adam(s).buffers(m) }
func (s AdamW) rules() (rule[float32], rule[float64]) { return Adam(s).rules() }
