package solvers

import (
	"fmt"

	"anneal/internal/kernels"
	"anneal/internal/spec"
)

// SGD is stochastic gradient descent with momentum:
//
//	v = momentum·v + (1 − dampening)·g        at the first step v = g
//	w = w − lr·v
//
// or, with Nesterov, w = w − lr·(g + momentum·v); without momentum, w = w − lr·g. Sutskever et al., On the importance of
// initialization and momentum in deep learning, 2013, and PyTorch's SGD, whose v holds no rate: a lower rate acts at once.
type SGD struct {
	LR          float64 // lr, at least 0; required
	Momentum    float64 // momentum, at least 0; 0
	Dampening   float64 // dampening, any finite number; 0
	WeightDecay float64 // weight_decay, at least 0; 0
	Nesterov    bool    // nesterov, with momentum and without dampening only; False
	L1          float64 // l1, at least 0; 0. Not PyTorch's
}

func (s *SGD) declare() []spec.Param {
	return []spec.Param{
		spec.Required("lr", &s.LR),
		spec.Optional("momentum", &s.Momentum, 0),
		spec.Optional("dampening", &s.Dampening, 0),
		spec.Optional("weight_decay", &s.WeightDecay, 0),
		spec.Optional("nesterov", &s.Nesterov, false),
		spec.Optional("l1", &s.L1, 0).KeywordOnly(),
	}
}

// String is the spec.
func (s SGD) String() string { return spec.Format("SGD", s.declare()...) }

// Validate returns an error for the first setting out of range.
func (s SGD) Validate() error {
	var nesterov error
	if s.Nesterov && (s.Momentum <= 0 || s.Dampening != 0) {
		nesterov = fmt.Errorf("nesterov is True with momentum %v and dampening %v: want momentum above 0 and dampening 0", s.Momentum, s.Dampening)
	}
	return check("SGD: ", atLeast0("lr", s.LR), atLeast0("momentum", s.Momentum), finite("dampening", s.Dampening),
		atLeast0("weight_decay", s.WeightDecay), atLeast0("l1", s.L1), nesterov)
}

func (s SGD) traits() traits {
	return traits{lr: s.LR, weightDecay: s.WeightDecay, l1: s.L1, momentumKind: anyMomentum, momentum: s.Momentum}
}

func (s SGD) buffers(momentum float64) (b buffers) {
	if momentum > 0 {
		b[0].name = "momentum_buffer"
	}
	return b
}

func (s SGD) rules() (rule[float32], rule[float64]) {
	return &sgd[float32]{set: s}, &sgd[float64]{set: s}
}

type sgd[T kernels.Float] struct {
	set SGD
	k   kernels.SGD[T]
}

func (r *sgd[T]) prepare(h *hyper) {
	gain := 1 - r.set.Dampening
	if h.step == 1 {
		gain = 1
	}
	r.k = kernels.SGD[T]{Rate: T(h.rate), Momentum: T(h.momentum), Gain: T(gain), Nesterov: r.set.Nesterov}
}

func (r *sgd[T]) apply(w, g []T, s state[T]) {
	if r.k.Momentum == 0 {
		s[0] = nil
	}
	r.k.Update(w, g, s[0])
}
