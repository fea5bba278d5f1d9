package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/spec"
)

// LAMB is Adam whose step on each tensor has a length in proportion to the tensor's own, for large batches; t counts a parameter's
// steps from 1:
//
//	m, v as in Adam
//	u = (m/(1 − β1ᵗ))/(√(v/(1 − β2ᵗ)) + eps) + weight_decay·w + l1·sign(w)
//	w = w − lr·‖w‖/‖u‖·u                              the ratio is 1 where either norm is 0
//
// You et al., Large batch optimization for deep learning, 2020, arXiv:1904.00962, algorithm 2 with φ(x) = x; eps and weight decay as in
// the paper's experiments. PyTorch 1.13 has none.
type LAMB struct {
	LR          float64    // lr, at least 0; 0.001
	Betas       [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps         float64    // eps, at least 0; 1e-6
	WeightDecay float64    // weight_decay, at least 0; 0.01
	L1          float64    // l1, at least 0; 0
}

func (s *LAMB) declare() []spec.Param {
	return []spec.Param{
		spec.Optional("lr", &s.LR, 1e-3),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}),
		spec.Optional("eps", &s.Eps, 1e-6),
		spec.Optional("weight_decay", &s.WeightDecay, 1e-2),
		spec.Optional("l1", &s.L1, 0).KeywordOnly(),
	}
}

// String is the spec.
func (s LAMB) String() string { return spec.Format("LAMB", s.declare()...) }

// Validate returns an error for the first setting out of range.
func (s LAMB) Validate() error {
	return check("LAMB: ", atLeast0("lr", s.LR), atLeast0("eps", s.Eps), validBetas(s.Betas),
		atLeast0("weight_decay", s.WeightDecay), atLeast0("l1", s.L1))
}

func (s LAMB) traits() traits {
	return traits{lr: s.LR, weightDecay: s.WeightDecay, l1: s.L1, decay: inside, cycle: beta1, momentum: s.Betas[0]}
}

func (s LAMB) buffers(float64) (b buffers) {
	b[0].name, b[1].name = "exp_avg", "exp_avg_sq"
	return b
}

func (s LAMB) rules() (rule[float32], rule[float64]) {
	return &lamb[float32]{set: s}, &lamb[float64]{set: s}
}

// lamb is a layerwise rule.
type lamb[T kernels.Float] struct {
	set  LAMB
	k    kernels.LAMB[T]
	rate float64
}

func (r *lamb[T]) prepare(h hyper, _ *state[T]) {
	c1, c2 := corrections(h, r.set.Betas)
	r.rate = h.rate
	r.k = kernels.LAMB[T]{
		Moments: moments[T](h, r.set.Betas), ScaleM: T(1 / c1), ScaleV: T(1 / math.Sqrt(c2)), Eps: T(r.set.Eps),
		L2: T(h.weightDecay), L1: T(h.l1),
	}
}

func (r *lamb[T]) update(_, g []T, s state[T]) { r.k.Update(g, s[0], s[1]) }

func (r *lamb[T]) squares(w []T, s state[T]) (weights, updates float64) {
	return r.k.Squares(w, s[0], s[1])
}

func (r *lamb[T]) measure(weights, updates float64) {
	if weights > 0 && updates > 0 {
		r.rate *= math.Sqrt(weights) / math.Sqrt(updates)
	}
}

func (r *lamb[T]) move(w []T, s state[T]) { r.k.Move(w, s[0], s[1], T(r.rate)) }
