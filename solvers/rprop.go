package solvers

import (
	"fmt"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/spec"
)

// Rprop gives each weight a step of its own, which grows while the gradient keeps its sign and shrinks where that
// changes. It is for gradients of all samples at once: those of small batches change their signs by chance.
//
//	s = clamp(η·s, smallest, largest)      η is the larger of etas where g·g' > 0, the smaller where g·g' < 0, else 1
//	g = 0                                  where g·g' < 0
//	w = w − s·sign(g)
//
// g' is the gradient of the step before. s is lr at a weight's first step; a later rate, and so a schedule, has no
// effect. Riedmiller and Braun, 1993, and PyTorch's Rprop.
type Rprop struct {
	LR          float64    // lr, at least 0; 0.01
	Etas        [2]float64 // etas, between 0 and 1, and above 1; (0.5, 1.2)
	StepSizes   [2]float64 // step_sizes, the smallest and the largest, at least 0; (1e-6, 50)
	WeightDecay float64    // weight_decay, at least 0; 0. Not PyTorch's
	L1          float64    // l1, at least 0; 0. Not PyTorch's
	Maximize    bool       // maximize: climb instead; False
}

func (s *Rprop) settings() []spec.Setting {
	return []spec.Setting{
		spec.Optional("lr", &s.LR, 1e-2).AtLeast(0).StatesZero(),
		spec.Optional("etas", &s.Etas, [2]float64{0.5, 1.2}).Above(0),
		spec.Optional("step_sizes", &s.StepSizes, [2]float64{1e-6, 50}).AtLeast(0).InOrder(),
		spec.Optional("weight_decay", &s.WeightDecay, 0).AtLeast(0).Own(),
		spec.Optional("l1", &s.L1, 0).AtLeast(0).Own(),
		spec.Optional("maximize", &s.Maximize, false).KeywordOnly(),
	}
}

// String returns the spec.
func (s Rprop) String() string { return spec.Format("Rprop", s.settings()...) }

// Validate returns an error for the first setting out of range.
func (s Rprop) Validate() error {
	err := validate[Rprop](s.settings(), s.Etas == [2]float64{}, "etas is (0, 0)")
	if err == nil && !(s.Etas[0] < 1 && s.Etas[1] > 1) {
		return fmt.Errorf("Rprop: etas is (%v, %v): want one number below 1 and one above", s.Etas[0], s.Etas[1])
	}
	return err
}

func (s Rprop) Traits() Traits {
	return Traits{LR: s.LR, WeightDecay: s.WeightDecay, L1: s.L1, Maximize: s.Maximize}
}

func (s Rprop) Buffers(float64, []int) (b Buffers) {
	b[0].Name, b[1].Name = "prev", "step_size"
	return b
}

func (s Rprop) Rules() (Rule[float32], Rule[float64]) {
	return &rprop[float32]{set: s}, &rprop[float64]{set: s}
}

type rprop[T kernels.Float] struct {
	set                                    Rprop
	first                                  bool
	rate, less, more, smallest, largest, w T
}

func (r *rprop[T]) Prepare(h *Hyper) {
	r.first, r.rate, r.w = h.Step == 1, narrow[T](h.Rate), elementwise.Largest[T]()
	r.less, r.more = narrow[T](r.set.Etas[0]), narrow[T](r.set.Etas[1])
	r.smallest, r.largest = narrow[T](r.set.StepSizes[0]), narrow[T](r.set.StepSizes[1])
}

func (r *rprop[T]) Apply(w, g []T, s State[T]) {
	before, size := s[0], s[1]
	for i, x := range g {
		if r.first {
			size[i] = r.rate
		}
		switch turn := elementwise.Sign(x) * elementwise.Sign(before[i]); {
		case turn > 0:
			size[i] *= r.more
		case turn < 0:
			size[i] *= r.less
			x = 0
		}
		size[i] = min(max(size[i], r.smallest), r.largest)
		w[i] = elementwise.Bound(w[i]-size[i]*elementwise.Sign(x), r.w, x)
		before[i] = x
	}
}
