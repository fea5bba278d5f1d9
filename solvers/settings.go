package solvers

import (
	"fmt"
	"math"

	"anneal/internal/kernels"
	"anneal/internal/spec"
)

// Algorithm is an algorithm with its numbers: one of this package's types. Get one from Parse or Default, since PyTorch's defaults
// are not Go's zeros.
type Algorithm interface {
	// Validate returns an error that names the first setting out of range, its value and the range. The ranges are PyTorch's; in
	// addition every number is finite.
	Validate() error
	// String is the spec, with the settings that differ from their defaults: Parse gives back the same value.
	String() string

	traits() traits
	buffers(momentum float64) buffers
	rules() (rule[float32], rule[float64])
}

// traits is what an engine has to know of any algorithm.
type traits struct {
	lr, weightDecay, l1 float64
	decay               decay
	cycle               cycle
	momentum            float64 // what SetMomentum sets, if cycle says that there is such a thing
}

// decay says where weight decay and L1 act.
type decay int

const (
	coupled   decay = iota // on the gradient
	decoupled              // on the weight
	inside                 // the algorithm sees to it
)

// cycle says what SetMomentum sets.
type cycle int

const (
	nothing  cycle = iota
	momentum       // at least 0
	beta1          // and below 1
)

// buffers are the kinds of state an algorithm keeps of a parameter; one without a name is absent.
type buffers [3]struct {
	name   string // PyTorch's
	fill   float64
	number bool // not a tensor of the parameter's shape but one number
}

// state is a parameter's buffers; absent ones are nil.
type state[T kernels.Float] [3][]T

// hyper is what a step tells each parameter.
type hyper struct {
	step            int64 // 1 for the parameter's first
	rate, momentum  float64
	weightDecay, l1 float64
}

// rule is an algorithm at work on one parameter. prepare computes the step's scalars, then update moves one stretch of the tensor
// after the other, perhaps several at once.
type rule[T kernels.Float] interface {
	prepare(h hyper, s *state[T])
	update(w, g []T, s state[T])
}

// declared is what Parse and Default need: how a settings type spells itself.
type declared[S Algorithm] interface {
	*S
	declare() []spec.Param
}

var names = []string{"SGD", "Adagrad", "RMSprop", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adadelta", "Lion", "LAMB"}

var readers = map[string]func(call spec.Value) (Algorithm, error){
	"SGD": read[SGD], "Adagrad": read[Adagrad], "RMSprop": read[RMSprop], "Adam": read[Adam], "AdamW": read[AdamW], "NAdam": read[NAdam],
	"RAdam": read[RAdam], "Adamax": read[Adamax], "Adadelta": read[Adadelta], "Lion": read[Lion], "LAMB": read[LAMB],
}

// Parse reads a spec such as "SGD(lr=0.1, momentum=0.9)", "Adam" or "optim.RMSprop(net.parameters(), 0.01)": the names, keys, order
// and defaults are PyTorch's, the names also in lower case. SGD has no default lr. The error says what is wrong and in which column,
// or which setting is out of range.
func Parse(text string) (Algorithm, error) {
	settings, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("solvers: %q: %w", text, err)
	}
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	return settings, nil
}

func parse(text string) (Algorithm, error) {
	call, err := spec.Parse(text)
	if err != nil {
		return nil, err
	}
	name, err := spec.Name(call, "solver", names)
	if err != nil {
		return nil, err
	}
	return readers[name](call)
}

func read[S Algorithm, P declared[S]](call spec.Value) (Algorithm, error) {
	var s S
	err := spec.Bind(call, P(&s).declare()...)
	return s, err
}

// Default returns an algorithm with all its defaults; only the LR of SGD is 0 and has to be set:
//
//	s := solvers.Default[solvers.Adam]()
//	s.AMSGrad = true
func Default[S Algorithm, P declared[S]]() S {
	var s S
	_ = spec.Bind(spec.Value{Kind: spec.Call}, P(&s).declare()...) // the error says that SGD's lr is missing
	return s
}

// check returns the first error of errs, with the name of the algorithm before it.
func check(name string, errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("solvers: %s%w", name, err)
		}
	}
	return nil
}

func atLeast0(key string, v float64) error {
	if !(v >= 0) || math.IsInf(v, 1) {
		return fmt.Errorf("%s is %v: want a finite number of at least 0", key, v)
	}
	return nil
}

func below1(key string, v float64) error {
	if !(v >= 0 && v < 1) {
		return fmt.Errorf("%s is %v: want at least 0 and less than 1", key, v)
	}
	return nil
}

func finite(key string, v float64) error {
	if v-v != 0 {
		return fmt.Errorf("%s is %v: want a finite number", key, v)
	}
	return nil
}
