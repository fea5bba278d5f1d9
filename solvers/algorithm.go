package solvers

import "anneal/graph"

// Algorithm is a solver's algorithm with its settings: one of this package's types, or a user's own. Get one of this
// package's from Parse or Default, since PyTorch's defaults are not Go's zeros.
//
// A type of your own with these methods trains, is resumed and is recorded as ours are, and groups, freezing, layer
// decay, weight decay, clipping and maximizing work around it. Its settings are fields of a struct. If the rate is a
// field LR of type float64, WithRate can change it, as searches for a rate do.
type Algorithm interface {
	// Validate returns an error that names the first setting out of range, its value and the range. In this package the
	// ranges are PyTorch's; in addition every number is finite.
	Validate() error
	// String returns the name and the settings. Records of runs hold it, and a run is resumed only with the same. Of this
	// package's it is the spec, with the settings that differ from their defaults: Parse gives back the same value.
	String() string
	// Traits returns what happens around the algorithm.
	Traits() Traits
	// Buffers returns the tensors that the algorithm keeps for a parameter of that shape, in a group of that momentum.
	Buffers(momentum float64, shape []int) Buffers
	// Rules returns the algorithm at work on one parameter, in either type. The other one is not used.
	Rules() (Rule[float32], Rule[float64])
}

// Traits is what a Solver has to know of any algorithm.
type Traits struct {
	LR              float64 // the rate before anybody sets another
	WeightDecay, L1 float64 // penalties, at least 0, that are added to the gradient unless Decoupled
	Decoupled       bool    // weight decay and L1 act on the weight, not on the gradient
	Maximize        bool    // the gradient is negated
	MomentumKind    MomentumKind
	Momentum        float64 // unless MomentumKind is NoMomentum
}

// MomentumKind says what SetMomentum sets.
type MomentumKind int

// The kinds of momentum. Schedules that cycle the momentum need one.
const (
	NoMomentum  MomentumKind = iota
	AnyMomentum              // at least 0
	Beta1                    // at least 0 and below 1
)

// Rule is an algorithm at work on one parameter. What it has to remember from step to step is in its buffers: other
// fields are not saved, and Prepare sets them anew.
type Rule[T graph.Float] interface {
	// Prepare computes the scalars of a step, before Apply. A rule that applies the penalties itself sets them to 0 in h.
	Prepare(h *Hyper)
	// Apply updates one stretch of the weights w and of the state s by the gradients g, which it must not change. They
	// have weight decay, clipping and maximizing in them. The results must be the same however a parameter is cut into
	// stretches. Several stretches may be updated at once, so Apply must not change the rule. It should not allocate.
	Apply(w, g []T, s State[T])
}

// Whole is a Rule that updates all of its parameter in one call of Apply, such as one that needs the norm of a tensor.
// It may have scratch memory.
type Whole interface {
	// Shape tells it the parameter's shape, once, before the first step.
	Shape(shape []int)
}

// A rule of this package may also be twoPass or numbered.
type (
	// twoPass is a rule that moves its parameter in a second pass, after a first pass has measured all of it.
	twoPass[T graph.Float] interface {
		parts(n int)                         // once, before the first step: the number of parts of the parameter
		measure(part int, w []T, s State[T]) // after Apply, on the same stretch, which is in that part
		between()                            // between the passes
		move(w []T, s State[T])              // the second pass
	}
	// numbered is a rule with a number that belongs to the solver's state, under that name.
	numbered[T graph.Float] interface {
		number() (name string, value *T)
	}
)

// ruleOf returns a new rule of a for parameters of type T, or nil.
func ruleOf[T graph.Float](a Algorithm) Rule[T] {
	r32, r64 := a.Rules()
	if r, ok := any(r32).(Rule[T]); ok {
		return r
	}
	r, _ := any(r64).(Rule[T])
	return r
}
