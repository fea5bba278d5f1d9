package spec

import (
	"fmt"
	"slices"
	"strings"

	"anneal/internal/nearest"
	"anneal/internal/plural"
)

// Setting declares one setting: its key, where its value is, its default, and what is allowed.
type Setting struct {
	key         string
	required    bool
	keywordOnly bool
	own         bool // PyTorch does not have it
	none        bool
	reset       func()
	set         func(Value) error // its errors say only what is needed
	text        func() string
	fallback    string                 // the default as text
	names       func(name string) bool // whether a value may be that name; nil: no name
	number      *float64               // where the value is, if it is one number
	allowed     allowed
}

// variable is a type that a setting can have. An int may be written 5, 5.0 or 5e0. A []float64 is written as a list, or
// as one number if it has one element. Lists and tuples stand for each other. A *float64 is nil if its setting is left
// out.
type variable interface {
	int | float64 | bool | string | []int | []float64 | [2]float64 | [3]float64 | *float64
}

// Required declares a setting without a default. Its numbers must be finite.
func Required[T variable](key string, dest *T) Setting {
	number, _ := any(dest).(*float64)
	return Setting{
		number: number,
		key:    key, required: true, reset: func() {},
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

// Own returns s as a setting that PyTorch does not have, which cannot be given by position either.
func (s Setting) Own() Setting { s.keywordOnly, s.own = true, true; return s }

// hidden reports whether PyTorch has s at a position that is not s's.
func hidden(s Setting) bool { return s.keywordOnly && !s.own }

// OrNone returns s as a setting that accepts None for its default.
func (s Setting) OrNone() Setting { s.none = true; return s }

// Maybe returns s, of Custom, as a setting that may be left out. Its text is then empty.
func (s Setting) Maybe() Setting { s.required = false; return s }

// Initially returns s, of Custom, as a setting that may be left out: reset then sets it to what fallback spells.
func (s Setting) Initially(reset func(), fallback string) Setting {
	s.required, s.reset, s.fallback = false, reset, fallback
	return s
}

// Names returns s as a setting whose value may be a name for which known is true, or a call of it. Other settings take
// a first value that is a name for PyTorch's optimizer.
func (s Setting) Names(known func(name string) bool) Setting { s.names = known; return s }

// Bind sets every variable that settings declare: to its default first, then to the argument that call gives, by
// position in the order of settings or by key. Arguments must be of the right kind and in range.
func Bind(call Value, settings ...Setting) error { return bind(call, rest{}, settings) }

// rest says which arguments stand beside the settings.
type rest struct {
	ignored func(Arg) bool    // whether an argument by key is
	spare   func(Value) bool  // whether an argument by position after all settings is
	hints   map[string]string // what to say about keys that are not known
	alone   bool              // no first value stands for an optimizer
}

func bind(call Value, r rest, settings []Setting) error {
	name := lastPart(call.Text)
	args, first := call.Args, ""
	if !r.alone {
		var err error
		if args, err = withoutOptimizer(call, settings); err != nil {
			return err
		}
		if len(call.Args) > 0 && len(args) < len(call.Args) && call.Args[0].Key == "" {
			first = fmt.Sprintf("%s stands for PyTorch's optimizer", call.Args[0].Value)
		}
	}
	given := make([]bool, len(settings))
	Reset(settings...)
	for i, a := range args {
		if a.Key != "" {
			i = slices.IndexFunc(settings, func(s Setting) bool { return s.key == a.Key })
			if i < 0 {
				if r.ignored != nil && r.ignored(a) {
					continue
				}
				return Errorf(a.Col, "%s has no setting %q; %s%s", name, a.Key, has(settings), r.hint(a.Key, settings))
			}
		} else if i >= len(settings) || settings[i].keywordOnly {
			if i >= positional(settings) && !slices.ContainsFunc(settings, hidden) && r.spare != nil && r.spare(a.Value) {
				continue
			}
			return Errorf(a.Col, "%s takes %s without a key, and this is one more; %s",
				name, plural.Of(positional(settings), "setting"), has(settings))
		}
		if given[i] {
			return Errorf(a.Col, "%s is given twice", settings[i].key)
		}
		given[i] = true
		if err := settings[i].take(name, a.Value); err != nil {
			return err
		}
	}
	for i, s := range settings {
		if s.required && !given[i] {
			return Errorf(call.Col, "%s needs %s; %s%s", name, s.key, has(settings), hint(first))
		}
	}
	return nil
}

// take sets s to the value v that a call of name gives.
func (s Setting) take(name string, v Value) error {
	if s.none && v.Kind == None {
		return nil
	}
	if err := s.set(v); err != nil {
		if _, ok := err.(*Error); ok { // of a nested call: it has its own place
			return err
		}
		text := ""
		if numeric := s.allowed.get != nil; numeric && (v.Kind == Call || v.Kind == Opaque) {
			text = "only the program around knows what that is: write its value, or define its names first, " +
				"as in n = 10; StepLR(n)"
			if s.none {
				text += ", or leave it out"
			}
		}
		return Errorf(v.Col, "%s: %s is %s: want %v%s", name, s.key, v, err, hint(text))
	}
	if err := s.check(); err != nil {
		return Errorf(v.Col, "%s: %v", name, err)
	}
	return nil
}

// hint returns what to say about a key that is not known: what r has to say, or the key that is nearest.
func (r rest) hint(key string, settings []Setting) string {
	if text := r.hints[key]; text != "" {
		return hint(text)
	}
	var known []string
	for _, s := range settings {
		known = append(known, s.key)
	}
	return nearest.Hint(key, known)
}

// hint returns text after a semicolon, or nothing.
func hint(text string) string {
	if text == "" {
		return ""
	}
	return "; " + text
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

// has lists the keys, and the defaults, for an error.
func has(settings []Setting) string {
	if len(settings) == 0 {
		return "it has no settings"
	}
	return "it has " + keys(settings)
}

// keys lists the keys, and the defaults.
func keys(settings []Setting) string {
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
	return strings.Join(keys, ", ")
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
