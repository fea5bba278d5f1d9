package spec

import (
	"fmt"
	"slices"
	"strings"

	"anneal/internal/nearest"
)

// Registry reads the specs of one kind of thing, such as solvers.
type Registry[T any] struct {
	What    string // the kind, for errors: "solver"
	Entries []Entry[T]
	Ignored func(Arg) bool // reports whether an argument is accepted and ignored; nil: none is
	// Spare reports whether an argument by position, after all those for settings, is ignored; nil: none is.
	Spare func(Value) bool
	Hints map[string]string // what to say about keys that are not known
	Alone bool              // no first value stands for an optimizer or parameters
	// Translate returns a call as r reads it, of one as other programs write it; nil: calls are read as they are.
	Translate func(Value) (Value, error)
}

// Entry is a name that a Registry knows.
type Entry[T any] struct {
	Name string
	// New declares the settings of a new thing, and returns a function that returns the thing once they are set. New is
	// nil if the name has no spec; Refused then says why.
	New     func() (settings []Setting, made func() T)
	Refused string
}

// Signatures lists what r can make, each as a call with the keys and the defaults of its settings, such as
// StepLR(step_size, gamma=0.1).
func (r Registry[T]) Signatures() []string {
	var list []string
	for _, e := range r.Entries {
		if e.New != nil {
			settings, _ := e.New()
			list = append(list, e.Name+"("+keys(settings)+")")
		}
	}
	return list
}

// Parse reads a spec. The error quotes it, and says what is wrong and in which column.
func (r Registry[T]) Parse(text string) (T, error) {
	call, err := r.choose(text)
	if err == nil {
		var thing T
		if thing, err = r.Read(call); err == nil {
			return thing, nil
		}
	}
	var none T
	return none, fmt.Errorf("%s %q: %w", r.What, text, err)
}

// choose returns the call that text is about: of its statements the last whose name r knows. Another one that r knows
// and that no statement uses is an error, since it would be lost.
func (r Registry[T]) choose(text string) (Value, error) {
	list, err := statements(text)
	if err != nil {
		return Value{}, err
	}
	chosen := list[len(list)-1].value
	known := 0
	for _, s := range list {
		if s.used || s.value.Kind != Call {
			continue
		}
		if _, err := r.find(s.value); err != nil {
			continue
		}
		if known++; known > 1 {
			return Value{}, Errorf(s.value.Col, "a second %s: want one", r.What)
		}
		chosen = s.value
	}
	return chosen, nil
}

// Read returns the thing that call spells, and validates it if it has a method Validate. Names may be in lower case.
// Every error is an *Error.
func (r Registry[T]) Read(call Value) (thing T, err error) {
	e, err := r.find(call)
	if err != nil {
		return thing, err
	}
	if e.New == nil {
		return thing, Errorf(call.Col, "%s %s", e.Name, e.Refused)
	}
	if r.Translate != nil {
		if call, err = r.Translate(call); err != nil {
			return thing, err
		}
	}
	settings, made := e.New()
	if err := bind(call, rest{r.Ignored, r.Spare, r.Hints, r.Alone}, settings); err != nil {
		return thing, err
	}
	thing = made()
	if v, ok := any(thing).(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return thing, Errorf(call.Col, "%v", err)
		}
	}
	return thing, nil
}

// Knows reports whether r has an entry of that name.
func (r Registry[T]) Knows(name string) bool {
	_, err := r.find(Value{Text: name})
	return err == nil
}

// find returns the entry that call names, in its spelling there or all in lower case.
func (r Registry[T]) find(call Value) (Entry[T], error) {
	name := lastPart(call.Text)
	names := make([]string, len(r.Entries))
	for i, e := range r.Entries {
		if name == e.Name || name == strings.ToLower(e.Name) {
			return e, nil
		}
		names[i] = e.Name
	}
	return Entry[T]{}, Errorf(call.Col, "there is no %s %q; there are %s%s",
		r.What, name, strings.Join(names, ", "), nearest.Hint(name, names))
}

// HasSetting reports whether a thing of r has a setting of that key.
func (r Registry[T]) HasSetting(key string) bool {
	return slices.ContainsFunc(r.Entries, func(e Entry[T]) bool {
		if e.New == nil {
			return false
		}
		settings, _ := e.New()
		return slices.ContainsFunc(settings, func(s Setting) bool { return s.key == key })
	})
}
