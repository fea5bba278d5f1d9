package solvers

import (
	"fmt"
	"math"

	"anneal/internal/spec"
)

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
