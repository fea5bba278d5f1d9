package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// LARS is SGD whose step on each tensor has a length in proportion to the tensor's own, for large batches:
//
//	λ = trust_coefficient·‖w‖/(‖g‖ + weight_decay·‖w‖ + eps)         1 where ‖w‖ or ‖g‖ is 0
//	u = λ·(g + weight_decay·w + l1·sign(w))
//	v = momentum·v + (1 − dampening)·u                               at the first step v = u
//	w = w − lr·v, or with Nesterov w = w − lr·(u + momentum·v)
//
// ‖g‖ is that of the gradient without penalties. With decayed_only, λ is 1 for parameters without weight decay: biases
// and those of normalizations, if Tuning.WeightOnly or a group takes theirs away.
//
// You, Gitman and Ginsburg, Large batch training of convolutional networks, 2017, arXiv:1708.03888, algorithm 1. There
// v holds the rate; here, as in PyTorch's SGD, a lower rate acts at once. eps, and the factor 1 at a norm of 0, are
// those of the implementations for PyTorch, which has none of its own.
type LARS struct {
	LR               float64 // lr, at least 0; 1
	Momentum         float64 // momentum, at least 0; 0
	Dampening        float64 // dampening, any finite number; 0
	WeightDecay      float64 // weight_decay, at least 0; 0
	Nesterov         bool    // nesterov, with momentum and without dampening only; False
	TrustCoefficient float64 // trust_coefficient, above 0; 0.001
	Eps              float64 // eps, at least 0; 1e-8
	DecayedOnly      bool    // decayed_only: λ is 1 without weight decay; False
	L1               float64 // l1, at least 0; 0
	Maximize         bool    // maximize: climb instead; False
}

func (s *LARS) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1).AtLeast(0).StatesZero(),
		spec.Optional("momentum", &s.Momentum, 0).AtLeast(0),
		spec.Optional("dampening", &s.Dampening, 0),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0),
		spec.Optional("nesterov", &s.Nesterov, false),
		spec.Optional("trust_coefficient", &s.TrustCoefficient, 1e-3).Above(0),
		spec.Optional("eps", &s.Eps, 1e-8).AtLeast(0).StatesZero(),
		spec.Optional("decayed_only", &s.DecayedOnly, false).KeywordOnly(),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s LARS) String() string { return spec.Format("LARS", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s LARS) Validate() error {
	if err := validate[LARS](s.settings(), s.TrustCoefficient == 0, "trust_coefficient is 0"); err != nil {
		return err
	}
	return nesterov("LARS", s.Nesterov, s.Momentum, s.Dampening)
}

func (s LARS) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Decoupled: true, Maximize: s.Maximize,
		MomentumKind: AnyMomentum, Momentum: s.Momentum,
	}
}

func (s LARS) Buffers(momentum float64, _ []int) (b Buffers) {
	if momentum > 0 {
		b[0].Name = "momentum_buffer"
	}
	return b
}

func (s LARS) Rules() (Rule[float32], Rule[float64]) {
	return &lars[float32]{set: s}, &lars[float64]{set: s}
}

// lars is a Whole rule: u of each stretch goes through SGD's kernel.
type lars[T kernels.Float] struct {
	set    LARS
	sgd    sgd[T]
	l2, l1 float64
	update []T // u of a stretch
}

func (r *lars[T]) Shape(shape []int) { r.update = make([]T, min(stretch, size(shape))) }

func (r *lars[T]) Prepare(h *Hyper) {
	r.sgd.set.Dampening, r.sgd.set.Nesterov = r.set.Dampening, r.set.Nesterov
	r.sgd.Prepare(h)
	r.l2, r.l1 = h.WeightDecay, h.L1
	h.WeightDecay, h.L1 = 0, 0
}

func (r *lars[T]) Apply(w, g []T, s State[T]) {
	trust := r.trust(w, g)
	l2, l1 := narrow[T](trust*r.l2), narrow[T](trust*r.l1)
	for from := 0; from < len(w); from += stretch {
		to := min(from+stretch, len(w))
		u := r.update[:to-from]
		elementwise.Gradient(u, g[from:to], w[from:to], T(trust), T(math.Inf(1)), l2, l1)
		r.sgd.Apply(w[from:to], u, s.cut(from, to))
	}
}

// trust returns λ, at most what keeps λ·g a number of T.
func (r *lars[T]) trust(w, g []T) float64 {
	if r.set.DecayedOnly && r.l2 == 0 {
		return 1
	}
	wNorm, gNorm := norm(w), norm(g)
	if wNorm == 0 || gNorm == 0 {
		return 1
	}
	most := float64(elementwise.Largest[T]() / 4)
	return min(r.set.TrustCoefficient*(wNorm/(gNorm+r.l2*wNorm+r.set.Eps)), most/gNorm, most)
}

// norm returns the square root of Σx², or the size of the largest x if a float64 cannot hold that sum.
func norm[T kernels.Float](x []T) float64 {
	sum := elementwise.SumSquares(x, T(math.Inf(1)))
	if sum > math.MaxFloat64 {
		return float64(elementwise.Size(x))
	}
	return math.Sqrt(sum)
}
