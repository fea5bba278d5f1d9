package solvers

import (
	"fmt"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// SGD is stochastic gradient descent with momentum:
//
//	v = momentum·v + (1 − dampening)·g        at the first step v = g
//	w = w − lr·v
//
// or, with Nesterov, w = w − lr·(g + momentum·v); without momentum, w = w − lr·g. Sutskever et al., On the importance
// of initialization and momentum in deep learning, 2013, and PyTorch's SGD, whose v holds no rate: a lower rate acts at
// once.
type SGD struct {
	LR          float64 // lr, at least 0; 0.001
	Momentum    float64 // momentum, at least 0; 0
	Dampening   float64 // dampening, any finite number; 0
	WeightDecay float64 // weight_decay, at least 0; 0
	Nesterov    bool    // nesterov, with momentum and without dampening only; False
	L1          float64 // l1, at least 0; 0. Not PyTorch's
	Maximize    bool    // maximize: climb instead; False
}

func (s *SGD) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-3).AtLeast(0).StatesZero(),
		spec.Optional("momentum", &s.Momentum, 0).AtLeast(0),
		spec.Optional("dampening", &s.Dampening, 0),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("nesterov", &s.Nesterov, false),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec. It always has lr, which had no default before PyTorch 2 and in older records.
func (s SGD) String() string {
	return spec.Format("SGD", append([]spec.Setting{spec.Required("lr", &s.LR)}, s.settings()[1:]...)...)
}

// Validate returns an error for the first setting out of range.
func (s SGD) Validate() error {
	if err := validate[SGD](s.settings(), false, ""); err != nil {
		return err
	}
	return nesterov("SGD", s.Nesterov, s.Momentum, s.Dampening)
}

// nesterov returns an error of the solver of that name if it has Nesterov momentum without momentum, or with dampening.
func nesterov(name string, on bool, momentum, dampening float64) error {
	if on && (momentum == 0 || dampening != 0) {
		return fmt.Errorf("%s: nesterov is True with momentum %v and dampening %v: "+
			"want momentum above 0 and dampening 0", name, momentum, dampening)
	}
	return nil
}

func (s SGD) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize,
		MomentumKind: AnyMomentum, Momentum: s.Momentum,
	}
}

func (s SGD) Buffers(momentum float64, _ []int) (b Buffers) {
	if momentum > 0 {
		b[0].Name = "momentum_buffer"
	}
	return b
}

func (s SGD) Rules() (Rule[float32], Rule[float64]) {
	return &sgd[float32]{set: s}, &sgd[float64]{set: s}
}

type sgd[T kernels.Float] struct {
	set SGD
	k   elementwise.SGD[T]
}

func (r *sgd[T]) Prepare(h *Hyper) {
	gain := 1 - r.set.Dampening
	if h.Step == 1 {
		gain = 1
	}
	r.k = elementwise.SGD[T]{
		Rate: narrow[T](h.Rate), Momentum: narrow[T](h.Momentum), Gain: narrow[T](gain),
		Nesterov: r.set.Nesterov && h.Rate > 0, // 0·(g + momentum·v) is NaN where the sum is infinite
	}
}

func (r *sgd[T]) Apply(w, g []T, s State[T]) {
	if r.k.Momentum == 0 {
		s[0] = nil
	}
	r.k.Update(w, g, s[0])
}
