package spec

import (
	"slices"
	"strings"

	"anneal/internal/plural"
)

// Setting declares one setting: its key, where its value is, its default, and what is allowed.
type Setting struct {
	key         string
	required    bool
	keywordOnly bool
	none        bool
	reset       func()
	set         func(Value) error // its errors say only what is needed
	text        func() string
	fallback    string // the default as text
	allowed     allowed
}

// variable is a type that a setting can have. An int may be written 5, 5.0 or 5e0. A []float64 is written as a list, or
// as one number if it has one element. Lists and tuples stand for each other. A *float64 is nil if its setting is left
// out.
type variable interface {
	int | float64 | bool | string | []int | []float64 | [2]float64 | *float64
}

// Required declares a setting without a default. Its numbers must be finite.
func Required[T variable](key string, dest *T) Setting {
	return Setting{
		key: key, required: true, reset: func() {},
		set:     func(v Value) error { return assign(dest, v) },
		text:    func() string { return format(*dest) },
		allowed: anything(dest),
	}
}

// Optional declares a setting that is def when a spec leaves it out. Its numbers must be finite.
func Optional[T variable](key string, dest *T, def T) Setting {
	s := Required(key, dest)
	s.required, s.reset, s.fallback = false, func() { *dest = def }, format(def)
	return s
}

// Custom declares a required setting that set reads, such as a nested call, and text writes.
func Custom(key string, set func(Value) error, text func() string) Setting {
	return Setting{key: key, required: true, reset: func() {}, set: set, text: text}
}

// KeywordOnly returns s as a setting that cannot be given by position.
func (s Setting) KeywordOnly() Setting { s.keywordOnly = true; return s }

// OrNone returns s as a setting that accepts None for its default.
func (s Setting) OrNone() Setting { s.none = true; return s }

// Bind sets every variable that settings declare: to its default first, then to the argument that call gives, by
// position in the order of settings or by key. Arguments must be of the right kind and in range.
func Bind(call Value, settings ...Setting) error {
	name, args := lastPart(call.Text), call.Args
	if len(args) > 0 && isOptimizer(args[0]) {
		args = args[1:]
	}
	given := make([]bool, len(settings))
	Reset(settings...)
	for i, a := range args {
		if a.Key != "" {
			i = slices.IndexFunc(settings, func(s Setting) bool { return s.key == a.Key })
			if i < 0 {
				return Errorf(a.Col, "%s has no setting %q; %s", name, a.Key, has(settings))
			}
		} else if i >= len(settings) || settings[i].keywordOnly {
			return Errorf(a.Col, "%s takes %s without a key, and this is one more; %s",
				name, plural.Of(positional(settings), "setting"), has(settings))
		}
		s := settings[i]
		if given[i] {
			return Errorf(a.Col, "%s is given twice", s.key)
		}
		given[i] = true
		if s.none && a.Value.Kind == None {
			continue
		}
		if err := s.set(a.Value); err != nil {
			if _, ok := err.(*Error); ok { // of a nested call: it has its own place
				return err
			}
			return Errorf(a.Value.Col, "%s: %s is %s: want %v", name, s.key, a.Value, err)
		}
		if err := s.check(); err != nil {
			return Errorf(a.Value.Col, "%s: %v", name, err)
		}
	}
	for i, s := range settings {
		if s.required && !given[i] {
			return Errorf(call.Col, "%s needs %s; %s", name, s.key, has(settings))
		}
	}
	return nil
}

// Reset sets every variable that settings declare to its default, and leaves required ones alone.
func Reset(settings ...Setting) {
	for _, s := range settings {
		s.reset()
	}
}

// Format writes the call of name that Bind reads back to the same values: all that is required and all that differs
// from its default, by key.
func Format(name string, settings ...Setting) string {
	var args []string
	for _, s := range settings {
		if text := s.text(); s.required || text != s.fallback {
			args = append(args, s.key+"="+text)
		}
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// isOptimizer reports whether a first argument stands for PyTorch's optimizer or parameters.
func isOptimizer(a Arg) bool {
	return a.Key == "" && a.Value.Kind == Call && len(a.Value.Args) == 0 &&
		slices.Contains([]string{"optimizer", "opt", "parameters"}, lastPart(a.Value.Text))
}

// has lists the keys, and the defaults, for an error.
func has(settings []Setting) string {
	if len(settings) == 0 {
		return "it has no settings"
	}
	keys := make([]string, len(settings))
	for i, s := range settings {
		keys[i] = s.key
		if !s.required {
			keys[i] += "=" + s.fallback
			if s.none {
				keys[i] = s.key + "=None"
			}
		}
	}
	return "it has " + strings.Join(keys, ", ")
}

func positional(settings []Setting) int {
	n := 0
	for _, s := range settings {
		if !s.keywordOnly {
			n++
		}
	}
	return n
}
