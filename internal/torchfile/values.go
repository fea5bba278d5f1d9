package torchfile

import (
	"fmt"

	"anneal/internal/plural"
)

// The values of a pickle are nil, string, int, float64, bool, tuple, *sequence, *dict, global, *storage, *view,
// *foreign, long and raw.
type (
	tuple    []any
	sequence struct{ items []any } // or a set
	global   string                // module.name
	long     int                   // a whole number of that many bytes, more than 8
	raw      int                   // that many bytes
	dict     struct {
		keys       []any
		values     []any
		index      map[string]int // of the keys that are text
		attributes *dict
	}
	// foreign is a name of Python that is not known, or what it would have made.
	foreign struct {
		name  string
		at    int  // where the pickle names it
		op    byte // and how
		items dict // of a kind of dict
	}
)

// set adds key, value, key, value ..., which are pairs.
func (d *dict) set(items []any) error {
	if d.index == nil {
		d.index = make(map[string]int)
	}
	for i := 0; i < len(items); i += 2 {
		if key, ok := items[i].(string); ok {
			if _, given := d.index[key]; given {
				return fmt.Errorf("key %q: given twice", key)
			}
			d.index[key] = len(d.keys)
		}
		d.keys = append(d.keys, items[i])
		d.values = append(d.values, items[i+1])
	}
	return nil
}

// get returns the value of a key that is text, nil if there is none.
func (d *dict) get(key string) any {
	if d == nil {
		return nil
	}
	if i, ok := d.index[key]; ok {
		return d.values[i]
	}
	return nil
}

// scan stores t's values where the pointers point. It wants as many values as pointers, of their types.
func (t tuple) scan(pointers ...any) error {
	if len(t) != len(pointers) {
		return fmt.Errorf("got %s, want %d", plural.Of(len(t), "value"), len(pointers))
	}
	for i, p := range pointers {
		var err error
		switch p := p.(type) {
		case *any:
			*p = t[i]
		case *string:
			*p, err = as[string](t[i])
		case *int:
			*p, err = as[int](t[i])
		case *tuple:
			*p, err = as[tuple](t[i])
		case *global:
			*p, err = as[global](t[i])
		case **storage:
			*p, err = as[*storage](t[i])
		case **view:
			*p, err = as[*view](t[i])
		}
		if err != nil {
			return fmt.Errorf("value %d: %w", i+1, err)
		}
	}
	return nil
}

// as returns v, which must be a T.
func as[T any](v any) (T, error) {
	t, ok := v.(T)
	if !ok {
		return t, fmt.Errorf("got %s, want %s", describe(v), describe(t))
	}
	return t, nil
}

// describe names the kind of v in words.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case string:
		return "text"
	case int, float64:
		return "a number"
	case long:
		return fmt.Sprintf("a number of %d bytes", int(v))
	case raw:
		return plural.Of(int(v), "byte")
	case bool:
		return "true or false"
	case tuple:
		return "a tuple"
	case *sequence:
		return "a list"
	case *dict:
		return "a dict"
	case global:
		return "a function or type"
	case *foreign:
		if v == nil {
			return "an object"
		}
		return fmt.Sprintf("made by %.80q", v.name)
	case *storage:
		return "a storage"
	default: // *view
		return "a tensor"
	}
}

// err returns the error about f where something else is needed.
func (f *foreign) err() error {
	return fmt.Errorf("byte %d, %s: %.80q is refused, a state dict has none: %s", f.at, opName(f.op), f.name, advice)
}
