package solvers

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// Muon moves each matrix by an orthogonal one, the nearest to its momentum:
//
//	m = momentum·m + (1 − momentum)·g
//	u = m, or with Nesterov momentum·m + (1 − momentum)·g
//	w = w − lr·(weight_decay·w + l1·sign(w)) − lr·a·orthogonal(u)
//
// a depends on the rows A and columns B of w by adjust_lr_fn: √max(1, A/B) for original, 0.2·√max(A, B) for
// match_rms_adamw, with which AdamW's rates fit, and √(A/B) for spectral_unclamped.
//
// It is for the matrices between the first layer and the last. Parameters of other shapes, biases and the kernels of
// convolutions, are an error, as in PyTorch: give them a group with another solver,
//
//	Muon(lr=0.02) with the group *.bias: solver=AdamW(lr=3e-4)
//
// Jordan et al., Muon, 2024, kellerjordan.github.io/posts/muon, and PyTorch's Muon.
type Muon struct {
	LR             float64    // lr, at least 0; 0.001
	WeightDecay    float64    // weight_decay, at least 0; 0.1
	Momentum       float64    // momentum, at least 0; 0.95
	Nesterov       bool       // nesterov; True
	NSCoefficients [3]float64 // ns_coefficients, of Newton and Schulz's iteration; (3.4445, −4.775, 2.0315)
	Eps            float64    // eps, the least norm that u is divided by, at least 0; 1e-7
	NSSteps        int        // ns_steps, 0 to 99; 5
	AdjustLR       string     // adjust_lr_fn: original (also None), match_rms_adamw or spectral_unclamped; original
	L1             float64    // l1, at least 0; 0. Not PyTorch's
	Maximize       bool       // maximize: climb instead; False. Not PyTorch's
}

func (s *Muon) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-3).AtLeast(0).StatesZero(),
		spec.Optional("weight_decay", &s.WeightDecay, 0.1).AtLeast(0),
		spec.Optional("momentum", &s.Momentum, 0.95).AtLeast(0),
		spec.Optional("nesterov", &s.Nesterov, true),
		spec.Optional("ns_coefficients", &s.NSCoefficients, [3]float64{3.4445, -4.7750, 2.0315}),
		spec.Optional("eps", &s.Eps, 1e-7).AtLeast(0).StatesZero(),
		spec.Optional("ns_steps", &s.NSSteps, 5).Within(0, 99),
		spec.Optional("adjust_lr_fn", &s.AdjustLR, "original").
			OneOf("original", "match_rms_adamw", "spectral_unclamped").OrNone(),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).Own(),
		spec.Optional("maximize", &s.Maximize, false).Own(),
	}
}

// String returns the spec.
func (s Muon) String() string { return spec.Format("Muon", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Muon) Validate() error {
	return validate[Muon](s.settings(), s.NSCoefficients == [3]float64{}, "ns_coefficients is (0, 0, 0)")
}

func (s Muon) Traits() Traits {
	return Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Decoupled: true, Maximize: s.Maximize,
		MomentumKind: AnyMomentum, Momentum: s.Momentum,
	}
}

func (s Muon) matrices() {}

func (s Muon) Buffers(float64, []int) (b Buffers) {
	b[0].Name = "momentum_buffer"
	return b
}

func (s Muon) Rules() (Rule[float32], Rule[float64]) {
	return &muon[float32]{set: s}, &muon[float64]{set: s}
}

type muon[T kernels.Float] struct {
	set            Muon
	orthogonal     *orthogonal
	update         []float64 // u
	rate, momentum float64
}

func (r *muon[T]) Shape(s []int) {
	r.orthogonal, r.update = newOrthogonal(s[0], s[1]), make([]float64, s[0]*s[1])
}

func (r *muon[T]) scratchBytes(s []int) int64 {
	return orthogonalBytes(s[0], s[1]) + bytesOf[float64](s[0]*s[1])
}

func (r *muon[T]) Prepare(h *Hyper) {
	a, b := float64(r.orthogonal.rows), float64(r.orthogonal.cols)
	r.momentum = h.Momentum
	switch r.set.AdjustLR {
	case "match_rms_adamw":
		r.rate = h.Rate * 0.2 * math.Sqrt(max(a, b))
	case "spectral_unclamped":
		r.rate = h.Rate * math.Sqrt(a/b)
	default:
		r.rate = h.Rate * math.Sqrt(max(1, a/b))
	}
}

func (r *muon[T]) Apply(w, g []T, s State[T]) {
	mean := s[0]
	most := elementwise.Largest[T]()
	for i, x := range g {
		x = elementwise.Bound(x, most/4, x)
		mean[i] = narrow[T](lerp(float64(mean[i]), float64(x), 1-r.momentum))
		r.update[i] = float64(mean[i])
		if r.set.Nesterov {
			r.update[i] = lerp(float64(x), float64(mean[i]), r.momentum)
		}
	}
	for i, u := range r.orthogonal.of(r.update, r.set) {
		w[i] = elementwise.Bound(T(float64(w[i])-r.rate*float64(u)), most, g[i])
	}
}
