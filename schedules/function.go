package schedules

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"anneal/internal/spec"
)

// Function gives a factor for every count. It is finite, not negative, and the same for the same count.
type Function = func(count int) float64

var functions struct {
	sync.RWMutex
	named map[string]Function
}

// Register gives f a name, so that a spec can name it, as in LambdaLR(halves), and a record of a run can, too, which
// then can be resumed. A program registers its functions before it parses specs, such as in an init function. Register
// panics if the name is no identifier or is taken, or if f is nil.
func Register(name string, f Function) {
	if call, err := spec.Parse(name); err != nil || call.Text != name || strings.Contains(name, ".") || f == nil {
		panic(fmt.Sprintf("schedules: Register(%q, …): want an identifier and a function", name))
	}
	functions.Lock()
	defer functions.Unlock()
	if functions.named[name] != nil {
		panic(fmt.Sprintf("schedules: Register(%q, …): there is a function of that name", name))
	}
	if functions.named == nil {
		functions.named = map[string]Function{}
	}
	functions.named[name] = f
}

// lookup returns the function of that name, or nil.
func lookup(name string) Function {
	functions.RLock()
	defer functions.RUnlock()
	return functions.named[name]
}

func registered(name string) bool { return lookup(name) != nil }

// function declares a setting that is the name of a registered function.
func function(key string, name *string) spec.Setting {
	return spec.Custom(key, func(v spec.Value) error {
		if v.Kind == spec.String {
			v = spec.Value{Kind: spec.Call, Col: v.Col, Text: v.Text}
		}
		if v.Kind != spec.Call || len(v.Args) > 0 {
			return fmt.Errorf("the name of a Go function: lambdas are Python, so write it in Go "+
				"and give it a name with schedules.Register(%q, f)", "name")
		}
		if !registered(v.Text) {
			return spec.Errorf(v.Col, "%v", unknown(v.Text))
		}
		*name = v.Text
		return nil
	}, func() string { return *name }).Names(registered)
}

// unknown returns the error about a name that no function has.
func unknown(name string) error {
	functions.RLock()
	defer functions.RUnlock()
	known := "none is registered"
	if names := slices.Sorted(maps.Keys(functions.named)); len(names) > 0 {
		known = "there are " + strings.Join(names, ", ")
	}
	return fmt.Errorf("there is no function %q; %s; schedules.Register(%q, f) gives a Go function that name",
		name, known, name)
}

// validFunction returns an error of the schedule of that name unless f or a function called name is there.
func validFunction(schedule string, f Function, name string) error {
	switch {
	case f == nil && name == "":
		return fmt.Errorf("%s: lr_lambda is nil: want a function", schedule)
	case f == nil && !registered(name):
		return fmt.Errorf("%s: lr_lambda: %w", schedule, unknown(name))
	}
	return nil
}

// resolve returns f, or else the function of that name.
func resolve(f Function, name string) Function {
	if f == nil {
		return lookup(name)
	}
	return f
}

// LambdaLR multiplies the base with any function of the count:
//
//	base·Lambda(count)
//
// PyTorch's LambdaLR. A spec names a function that Register knows: LambdaLR(lr_lambda=halves). A Lambda without a Name
// is an unnamed function, which String cannot write and Parse cannot read back.
type LambdaLR struct {
	Lambda Function // nil: the registered function called Name
	Name   string
}

func (s *LambdaLR) settings() []spec.Setting { return []spec.Setting{function("lr_lambda", &s.Name)} }

func (s LambdaLR) At(base float64, count int) float64 {
	factor := resolve(s.Lambda, s.Name)(count)
	if math.IsInf(factor, 0) {
		return factor // no valid one
	}
	return bounded(base * factor)
}

func (s LambdaLR) Validate() error { return validFunction("LambdaLR", s.Lambda, s.Name) }

func (s LambdaLR) String() string {
	if s.Name == "" {
		return "LambdaLR(lr_lambda=<a Go function>)"
	}
	return spec.Format("LambdaLR", s.settings()...)
}
