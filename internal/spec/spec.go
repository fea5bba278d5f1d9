// Package spec reads and writes the one-line spelling of solvers, schedules and augmentations, which is Python's call
// syntax as PyTorch's users write it:
//
//	SGD(lr=0.1, momentum=0.9)
//	StepLR(5, gamma=1e-1)
//	SequentialLR([LinearLR(0.1, total_iters=5), CosineAnnealingLR(T_max=45)], milestones=[5])
//	Adam(betas=(0.9, 0.999), amsgrad=True)
//
// Lines of a PyTorch program may be pasted whole. An assignment's target ("scheduler ="), a module path before a name
// ("optim.lr_scheduler."), imports, comments, prompts and semicolons are ignored, and so is a first argument, or one
// named optimizer or params, that stands for PyTorch's optimizer ("optimizer_ft") or parameters ("net.parameters()").
// Numbers may be computed ("1.0 / 3", "range(10, 100, 10)"), and of several statements the last one counts, in which
// names stand for what those before it assigned.
//
// A type declares each of its settings once, key, default and range, in the order of PyTorch's signature:
//
//	func (s *StepLR) settings() []spec.Setting {
//		return []spec.Setting{
//			spec.Required("step_size", &s.StepSize).AtLeast(1),
//			spec.Optional("gamma", &s.Gamma, 0.1).AtLeast(0),
//		}
//	}
//
//	call, err := spec.Parse(text)                            // syntax: a tree
//	err = spec.Bind(call, s.settings()...)                   // defaults, then what the call gives, within its range
//	err = spec.Validate("StepLR", s.settings()...)           // the ranges, for a value that was not read
//	text = spec.Format("StepLR", s.settings()...)            // StepLR(step_size=5)
//
// A Registry reads a spec by the name it begins with, and validates the result. Its errors are one line, of one
// grammar:
//
//	schedule "StepLR(5, gamma=-1)": column 17: StepLR: gamma is -1: want a finite number of at least 0
//
// Errors of Parse and Bind are of type *Error: one line that starts with the column it is about.
package spec

import (
	"fmt"
	"strings"
)

// Kind tells what a Value is.
type Kind int

// The kinds of values.
const (
	Number Kind = iota
	Bool
	String
	None
	List
	Tuple
	Call
	Opaque // an expression that only Python can evaluate
)

// Value is one value of a spec with its place in it.
type Value struct {
	Kind Kind
	Col  int // where it starts: 1 is the first character
	// Text is a Number or a Bool as written, a String's text between its quotes, a Call's name with its module path, or
	// all of what is Opaque.
	Text  string
	Items []Value // List, Tuple
	Args  []Arg   // Call; a bare word is a call without arguments
}

// Arg is one argument of a call. Key is empty when the argument is positional.
type Arg struct {
	Key   string
	Col   int // of the key, or of the value if there is no key
	Value Value
}

// Error is what is wrong with a spec and where.
type Error struct {
	Col int // 1 is the first character
	Msg string
}

func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Col, e.Msg) }

// Errorf returns an *Error about column col.
func Errorf(col int, format string, args ...any) error {
	return &Error{Col: col, Msg: fmt.Sprintf(format, args...)}
}

// String writes v on one line in a form that parses back to it, columns aside.
func (v Value) String() string {
	switch v.Kind {
	case String:
		return quote(v.Text)
	case None:
		return "None"
	case List:
		return "[" + join(v.Items) + "]"
	case Tuple:
		if len(v.Items) == 1 {
			return "(" + v.Items[0].String() + ",)"
		}
		return "(" + join(v.Items) + ")"
	case Call:
		if len(v.Args) == 0 {
			return v.Text
		}
		args := make([]string, len(v.Args))
		for i, a := range v.Args {
			args[i] = a.Value.String()
			if a.Key != "" {
				args[i] = a.Key + "=" + args[i]
			}
		}
		return v.Text + "(" + strings.Join(args, ", ") + ")"
	default:
		return v.Text
	}
}

func join(items []Value) string {
	text := make([]string, len(items))
	for i, v := range items {
		text[i] = v.String()
	}
	return strings.Join(text, ", ")
}

// quote uses double quotes only for a text with a single one: no text that was read holds both.
func quote(s string) string {
	if strings.Contains(s, "'") {
		return `"` + s + `"`
	}
	return "'" + s + "'"
}
