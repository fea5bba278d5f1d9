package solvers

import (
	"anneal/internal/kernels"
)

// Algorithm is a solver's algorithm with its settings: one of this package's types. Get one from Parse or Default,
// since PyTorch's defaults are not Go's zeros.
type Algorithm interface {
	// Validate returns an error that names the first setting out of range, its value and the range. The ranges are
	// PyTorch's; in addition every number is finite.
	Validate() error
	// String returns the spec, with the settings that differ from their defaults: Parse gives back the same value.
	String() string

	traits() traits
}

// ruled is an Algorithm that the engine runs: all except Stock.
type ruled interface {
	Algorithm
	buffers(momentum float64, shape []int) buffers // of a parameter of that shape
	rules() (rule[float32], rule[float64])
}

// traits is what the package has to know of any algorithm.
type traits struct {
	lr, weightDecay, l1 float64
	decoupled           bool // weight decay and L1 act on the weight, not on the gradient
	maximize            bool // the gradient is negated
	momentumKind        momentumKind
	momentum            float64 // unless momentumKind is noMomentum
}

// momentumKind says what SetMomentum sets.
type momentumKind int

const (
	noMomentum  momentumKind = iota
	anyMomentum              // at least 0
	beta1                    // at least 0 and below 1
)

// buffers are the tensors that an algorithm keeps for each parameter. One without a name is absent.
type buffers [3]struct {
	name  string // PyTorch's
	fill  float64
	shape []int // nil: the parameter's
}

// state is a parameter's buffers; absent ones are nil.
type state[T kernels.Float] [3][]T

// hyper is what a step tells the rule of each parameter.
type hyper struct {
	step            int64 // 1 for the parameter's first
	rate, momentum  float64
	weightDecay, l1 float64
}

// rule is an algorithm at work on one parameter.
type rule[T kernels.Float] interface {
	// prepare computes the scalars of a step. A rule that applies the penalties itself sets them to 0 in h.
	prepare(h *hyper)
	// apply updates one stretch of the weights and of the state by the gradients g. Several stretches may be updated at
	// once.
	apply(w, g []T, s state[T])
}

// A rule may also be twoPass, numbered or whole.
type (
	// twoPass is a rule that moves its parameter in a second pass, after a first pass has measured all of it.
	twoPass[T kernels.Float] interface {
		parts(n int)                         // once, before the first step: the number of parts of the parameter
		measure(part int, w []T, s state[T]) // after apply, on the same stretch, which is in that part
		between()                            // between the passes
		move(w []T, s state[T])              // the second pass
	}
	// numbered is a rule with a number that belongs to the solver's state, under that name.
	numbered[T kernels.Float] interface {
		number() (name string, value *T)
	}
	// whole is a rule that updates all of its parameter in one call of apply.
	whole interface {
		shape(s []int) // once, before the first step: the shape of the parameter
	}
)

// ruleOf returns a new rule of a for parameters of type T.
func ruleOf[T kernels.Float](a ruled) rule[T] {
	r32, r64 := a.rules()
	if r, ok := any(r32).(rule[T]); ok {
		return r
	}
	return any(r64).(rule[T])
}
