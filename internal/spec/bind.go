package spec

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"anneal/internal/plural"
)

// setting is a type that an argument can have. An int may be written 5, 5.0 or 5e0. A []float64 is written as a list, or as
// one number if it has one element. Lists and tuples stand for each other.
type setting interface {
	int | float64 | bool | string | []int | []float64 | [2]float64
}

// Param declares one setting: its key, where its value is, and its default.
type Param struct {
	key         string
	required    bool
	keywordOnly bool
	none        bool
	reset       func()
	set         func(Value) error // its errors say only what is needed
	text        func() string
	fallback    string // the default as text
}

// Required declares a setting without a default.
func Required[T setting](key string, dest *T) Param {
	return Param{
		key: key, required: true, reset: func() {},
		set:  func(v Value) error { return assign(dest, v) },
		text: func() string { return format(*dest) },
	}
}

// Optional declares a setting that is def when a spec leaves it out.
func Optional[T setting](key string, dest *T, def T) Param {
	p := Required(key, dest)
	p.required, p.reset, p.fallback = false, func() { *dest = def }, format(def)
	return p
}

// Custom declares a required setting that set reads, such as a nested call, and text writes.
func Custom(key string, set func(Value) error, text func() string) Param {
	return Param{key: key, required: true, reset: func() {}, set: set, text: text}
}

// KeywordOnly returns p as a setting that cannot be given by position.
func (p Param) KeywordOnly() Param { p.keywordOnly = true; return p }

// OrNone returns p as a setting that accepts None for its default.
func (p Param) OrNone() Param { p.none = true; return p }

// Name returns the one of known that call names, in its spelling there or all in lower case.
// The error for any other name lists known; what says what they are.
func Name(call Value, what string, known []string) (string, error) {
	name := lastPart(call.Text)
	for _, k := range known {
		if name == k || name == strings.ToLower(k) {
			return k, nil
		}
	}
	return "", Errorf(call.Col, "there is no %s %q; there are %s", what, name, strings.Join(known, ", "))
}

// Bind sets every variable that params declare: to its default first, then to the argument that call gives, by
// position in the order of params or by key.
func Bind(call Value, params ...Param) error {
	name, args := lastPart(call.Text), call.Args
	if len(args) > 0 && isOptimizer(args[0]) {
		args = args[1:]
	}
	given := make([]bool, len(params))
	for _, p := range params {
		p.reset()
	}
	for i, a := range args {
		if a.Key != "" {
			i = slices.IndexFunc(params, func(p Param) bool { return p.key == a.Key })
			if i < 0 {
				return Errorf(a.Col, "%s has no setting %q; %s", name, a.Key, has(params))
			}
		} else if i >= len(params) || params[i].keywordOnly {
			return Errorf(a.Col, "%s takes %s without a key, and this is one more; %s", name, plural.Of(positional(params), "setting"), has(params))
		}
		p := params[i]
		if given[i] {
			return Errorf(a.Col, "%s is given twice", p.key)
		}
		given[i] = true
		if p.none && a.Value.Kind == None {
			continue
		}
		if err := p.set(a.Value); err != nil {
			if _, ok := err.(*Error); ok { // of a nested call: it has its own place
				return err
			}
			return Errorf(a.Value.Col, "%s %s: must be %v", p.key, a.Value, err)
		}
	}
	for i, p := range params {
		if p.required && !given[i] {
			return Errorf(call.Col, "%s needs %s; %s", name, p.key, has(params))
		}
	}
	return nil
}

// Format writes the call of name that Bind reads back to the same values: all that is required and all that differs
// from its default, by key.
func Format(name string, params ...Param) string {
	var args []string
	for _, p := range params {
		if text := p.text(); p.required || text != p.fallback {
			args = append(args, p.key+"="+text)
		}
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// isOptimizer tells a first argument that stands for PyTorch's optimizer or parameters.
func isOptimizer(a Arg) bool {
	return a.Key == "" && a.Value.Kind == Call && len(a.Value.Args) == 0 &&
		slices.Contains([]string{"optimizer", "opt", "parameters"}, lastPart(a.Value.Text))
}

// has lists the keys, and the defaults, for an error.
func has(params []Param) string {
	if len(params) == 0 {
		return "it has no settings"
	}
	keys := make([]string, len(params))
	for i, p := range params {
		keys[i] = p.key
		if !p.required {
			keys[i] += "=" + p.fallback
			if p.none {
				keys[i] = p.key + "=None"
			}
		}
	}
	return "it has " + strings.Join(keys, ", ")
}

func positional(params []Param) int {
	n := 0
	for _, p := range params {
		if !p.keywordOnly {
			n++
		}
	}
	return n
}

// assign sets dest, a pointer to a setting, to v. The error says what v must be.
func assign(dest any, v Value) error {
	switch dest := dest.(type) {
	case *int:
		f, err := strconv.ParseFloat(v.Text, 64)
		if v.Kind != Number || err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return fmt.Errorf("a whole number")
		}
		*dest = int(f)
	case *float64:
		if v.Kind != Number {
			return fmt.Errorf("a number")
		}
		*dest, _ = strconv.ParseFloat(v.Text, 64)
	case *bool:
		if v.Kind != Bool {
			return fmt.Errorf("either True or False")
		}
		*dest = v.Text == "True"
	case *string:
		if v.Kind != String {
			return fmt.Errorf("a string in quotes")
		}
		*dest = v.Text
	case *[]int:
		return assignList(dest, v, "a list of whole numbers")
	case *[]float64:
		if v.Kind == Number {
			v = Value{Kind: List, Items: []Value{v}}
		}
		return assignList(dest, v, "a number or a list of numbers")
	case *[2]float64:
		var list []float64
		if err := assignList(&list, v, ""); err != nil || len(list) != 2 {
			return fmt.Errorf("two numbers, such as (0.9, 0.999)")
		}
		*dest = [2]float64(list)
	}
	return nil
}

func assignList[T int | float64](dest *[]T, v Value, want string) error {
	list := make([]T, len(v.Items))
	for i, item := range v.Items {
		if assign(&list[i], item) != nil {
			return fmt.Errorf("%s", want)
		}
	}
	if v.Kind != List && v.Kind != Tuple {
		return fmt.Errorf("%s", want)
	}
	*dest = list
	return nil
}

// format spells a setting as Python does.
func format(x any) string {
	switch x := x.(type) {
	case float64:
		return formatFloat(x)
	case bool:
		if x {
			return "True"
		}
		return "False"
	case string:
		return quote(x)
	case []int:
		return "[" + joinFormatted(x) + "]"
	case []float64:
		if len(x) == 1 {
			return formatFloat(x[0])
		}
		return "[" + joinFormatted(x) + "]"
	case [2]float64:
		return "(" + joinFormatted(x[:]) + ")"
	default:
		return fmt.Sprint(x)
	}
}

func joinFormatted[T int | float64](list []T) string {
	text := make([]string, len(list))
	for i, x := range list {
		text[i] = format(x)
	}
	return strings.Join(text, ", ")
}

// formatFloat writes the fewest digits that read back to x, in the layout of Python's repr.
func formatFloat(x float64) string {
	if a := math.Abs(x); a != 0 && !(1e-4 <= a && a < 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	text := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
