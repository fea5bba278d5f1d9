package solvers

import (
	"fmt"
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// LAMB is Adam whose step on each tensor has a length in proportion to the tensor's own, for large batches; t counts a
// parameter's steps from 1:
//
//	m, v as in Adam
//	u = (m/(1 − β1ᵗ))/(√(v/(1 − β2ᵗ)) + eps) + weight_decay·w + l1·sign(w)
//	w = w − lr·φ(‖w‖)/‖u‖·u                           the ratio is 1 where φ(‖w‖) or ‖u‖ is 0
//
// φ(x) = min(max(x, γl), γu) with norm_bounds=(γl, γu), where a γu of 0 stands for none; so φ(x) = x by default. With
// decayed_only, the ratio is 1 for parameters without weight decay: biases and those of normalizations, if
// Tuning.WeightOnly or a group takes theirs away.
//
// You et al., Large batch optimization for deep learning, 2020, arXiv:1904.00962, algorithm 2; eps and weight decay as
// in the paper's experiments. PyTorch has none. Of the implementations for it, some leave out the bias corrections,
// scale all gradients to a norm of at most 1 first (here Tuning.ClipNorm), or bound ‖w‖ by 10 (here
// norm_bounds=(0, 10)).
type LAMB struct {
	LR          float64    // lr, at least 0; 0.001
	Betas       [2]float64 // betas, each at least 0 and below 1; (0.9, 0.999)
	Eps         float64    // eps, at least 0; 1e-6
	WeightDecay float64    // weight_decay, at least 0; 0.01
	L1          float64    // l1, at least 0; 0
	Maximize    bool       // maximize: climb instead; False
	NormBounds  [2]float64 // norm_bounds, (γl, γu), each at least 0, γl at most γu unless γu is 0; (0, 0)
	DecayedOnly bool       // decayed_only: the ratio is 1 without weight decay; False
}

func (s *LAMB) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-3).AtLeast(0).StatesZero(),
		spec.Optional("betas", &s.Betas, [2]float64{0.9, 0.999}).AtLeast(0).Below(1),
		spec.Optional("eps", &s.Eps, 1e-6).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 1e-2).AtLeast(0),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).KeywordOnly(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
		spec.Optional("norm_bounds", &s.NormBounds, [2]float64{}).AtLeast(0).KeywordOnly(),
		spec.Optional("decayed_only", &s.DecayedOnly, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s LAMB) String() string { return spec.Format("LAMB", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s LAMB) Validate() error {
	if low, high := s.NormBounds[0], s.NormBounds[1]; high > 0 && low > high {
		return fmt.Errorf("LAMB: norm_bounds is (%v, %v): want a first number of at most the second, or 0 as the second, "+
			"for no bound", low, high)
	}
	return validate[LAMB](s.settings(), s.Betas == [2]float64{} && s.Eps == 0, "betas is (0, 0) and eps is 0")
}

func (s LAMB) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize,
		Decoupled: true, MomentumKind: Beta1, Momentum: s.Betas[0],
	}
}

func (s LAMB) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[1].Name = "exp_avg", "exp_avg_sq"
	return b
}

func (s LAMB) Rules() (Rule[float32], Rule[float64]) {
	return &lamb[float32]{set: s}, &lamb[float64]{set: s}
}

// lamb is a twoPass rule: the first pass moves m and v and measures w and u, the second computes u again and moves w.
type lamb[T kernels.Float] struct {
	set LAMB
	elementwise.Moments[T]
	bounds[T]
	scaleM, scaleV, eps, l2, l1 T // scaleM is 1/(1 − β1ᵗ), scaleV is 1/√(1 − β2ᵗ)
	lr                          float64
	adapts                      bool
	rate                        T         // lr·φ(‖w‖)/‖u‖
	large                       bool      // some element of u or of w after its move may be beyond the largest number of T
	ww, uu                      []float64 // Σw² and Σu² of each part
}

func (r *lamb[T]) Prepare(h *Hyper) {
	c1, c2 := corrections(h, r.set.Betas)
	r.Moments, r.scaleM, r.scaleV = moments[T](h, r.set.Betas), T(1/c1), T(1/math.Sqrt(c2))
	r.eps = positive[T](r.set.Eps)
	r.bounds = newBounds(r.scaleM, r.eps)
	r.lr, r.l2, r.l1 = h.Rate, narrow[T](h.WeightDecay), narrow[T](h.L1)
	r.adapts = h.WeightDecay > 0 || !r.set.DecayedOnly
	h.WeightDecay, h.L1 = 0, 0
	clear(r.ww)
	clear(r.uu)
}

func (r *lamb[T]) Apply(_, g []T, s State[T]) {
	m, v := s[0], s[1]
	for i, x := range g {
		m[i] = r.Beta1*m[i] + r.Gain1*x
		v[i] = r.Beta2*v[i] + r.Gain2*x*x
	}
}

func (r *lamb[T]) parts(n int) { r.ww, r.uu = make([]float64, n), make([]float64, n) }

func (r *lamb[T]) measure(part int, w []T, s State[T]) {
	var ww, uu float64
	for i, x := range w {
		a, u := float64(x), float64(r.direction(x, s[0][i], s[1][i]))
		ww += a * a
		uu += u * u
	}
	r.ww[part] += ww
	r.uu[part] += uu
}

func (r *lamb[T]) between() {
	var ww, uu float64
	for i := range r.ww {
		ww += r.ww[i]
		uu += r.uu[i]
	}
	rate := r.lr
	if length := r.set.phi(math.Sqrt(min(ww, math.MaxFloat64))); r.adapts && length > 0 && uu > 0 {
		rate *= length / math.Sqrt(min(uu, math.MaxFloat64))
	}
	r.rate = narrow[T](rate)
	r.large = !(math.Sqrt(ww)+math.Abs(float64(r.rate))*math.Sqrt(uu) < float64(elementwise.Largest[T]()/2))
}

// phi returns φ(norm).
func (s *LAMB) phi(norm float64) float64 {
	low, high := s.NormBounds[0], s.NormBounds[1]
	if high > 0 {
		norm = min(norm, high)
	}
	return max(norm, low)
}

func (r *lamb[T]) move(w []T, s State[T]) {
	if r.large {
		most := elementwise.Largest[T]()
		for i, x := range w {
			u := elementwise.Bound(r.direction(x, s[0][i], s[1][i]), most, x)
			w[i] = elementwise.Bound(x-r.rate*u, most, x)
		}
		return
	}
	for i, x := range w {
		w[i] -= r.rate * r.direction(x, s[0][i], s[1][i])
	}
}

// direction returns one element of u.
func (r *lamb[T]) direction(w, m, v T) T {
	u := r.scaleM*m/(r.scaleV*root(v)+r.eps) + r.l2*w
	if r.l1 != 0 {
		u += r.l1 * elementwise.Sign(w)
	}
	return u
}
