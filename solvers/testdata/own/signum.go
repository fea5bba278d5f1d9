// Package own has solvers of a user's own.
package own

import (
	"fmt"
	"math"

	"anneal/graph"
	"anneal/solvers"
)

// Signum is the sign of a running mean of gradients times the rate:
//
//	m = momentum·m + (1 − momentum)·g
//	w = w − lr·sign(m)
//
// Bernstein et al. 2018, arXiv:1802.04434.
type Signum struct {
	LR          float64 // at least 0
	Momentum    float64 // at least 0 and below 1
	WeightDecay float64 // at least 0
}

// String returns what config.json records.
func (s Signum) String() string {
	return fmt.Sprintf("Signum(lr=%v, momentum=%v, weight_decay=%v)", s.LR, s.Momentum, s.WeightDecay)
}

// Validate returns an error for a setting out of range.
func (s Signum) Validate() error {
	if !(s.LR >= 0 && s.Momentum >= 0 && s.Momentum < 1 && s.WeightDecay >= 0) {
		return fmt.Errorf("%v: want lr and weight_decay of at least 0, and momentum of at least 0 and below 1", s)
	}
	return nil
}

func (s Signum) Traits() solvers.Traits {
	return solvers.Traits{
		LR: s.LR, WeightDecay: s.WeightDecay, MomentumKind: solvers.Beta1, Momentum: s.Momentum,
	}
}

func (s Signum) Buffers(float64, []int) solvers.Buffers { return solvers.Buffers{{Name: "mean"}} }

func (s Signum) Rules() (solvers.Rule[float32], solvers.Rule[float64]) {
	return &signum[float32]{}, &signum[float64]{}
}

type signum[T graph.Float] struct{ rate, momentum T }

func (r *signum[T]) Prepare(h *solvers.Hyper) { r.rate, r.momentum = T(h.Rate), T(h.Momentum) }

func (r *signum[T]) Apply(w, g []T, s solvers.State[T]) {
	mean := s[0]
	for i, x := range g {
		mean[i] = r.momentum*mean[i] + (1-r.momentum)*x
		switch {
		case mean[i] > 0:
			w[i] -= r.rate
		case mean[i] < 0:
			w[i] += r.rate
		}
	}
}

// Normalised takes steps of the length lr: w = w − lr·g/‖g‖, with the norm of each tensor, which needs a rule that is
// Whole. It remembers the norm of the step before.
type Normalised struct{ LR float64 }

func (s Normalised) String() string         { return fmt.Sprintf("Normalised(lr=%v)", s.LR) }
func (s Normalised) Validate() error        { return nil }
func (s Normalised) Traits() solvers.Traits { return solvers.Traits{LR: s.LR} }

func (s Normalised) Buffers(float64, []int) solvers.Buffers {
	return solvers.Buffers{{Name: "last_norm", Fill: 1, Shape: []int{1}}}
}

func (s Normalised) Rules() (solvers.Rule[float32], solvers.Rule[float64]) {
	return &normalised[float32]{}, &normalised[float64]{}
}

type normalised[T graph.Float] struct {
	n    int
	rate float64
}

func (r *normalised[T]) Shape(shape []int) {
	r.n = 1
	for _, size := range shape {
		r.n *= size
	}
}

func (r *normalised[T]) Prepare(h *solvers.Hyper) { r.rate = h.Rate }

func (r *normalised[T]) Apply(w, g []T, s solvers.State[T]) {
	if len(w) != r.n {
		panic("not the whole of the parameter")
	}
	sum := 0.0
	for _, x := range g {
		sum += float64(x) * float64(x)
	}
	norm := math.Sqrt(sum)
	scale := r.rate / max(norm, float64(s[0][0])/2, 1e-12) // no more than twice the step before
	s[0][0] = T(norm)
	for i, x := range g {
		w[i] -= T(scale * float64(x))
	}
}
