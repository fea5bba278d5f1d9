package torchfile

import (
	"fmt"

	"anneal/internal/plural"
)

// The values of a pickle are string, int, bool, tuple, *dict, global, *storage and *view.
type (
	tuple  []any
	global string // module.name
	dict   struct {
		keys   []string
		values map[string]any
	}
)

// scan stores t's values where the pointers point. It wants as many values as pointers, of their types.
func (t tuple) scan(pointers ...any) error {
	if len(t) != len(pointers) {
		return fmt.Errorf("got %s, want %d", plural.Of(len(t), "value"), len(pointers))
	}
	for i, p := range pointers {
		var err error
		switch p := p.(type) {
		case *string:
			*p, err = as[string](t[i])
		case *int:
			*p, err = as[int](t[i])
		case *bool:
			*p, err = as[bool](t[i])
		case *tuple:
			*p, err = as[tuple](t[i])
		case *global:
			*p, err = as[global](t[i])
		case **dict:
			*p, err = as[*dict](t[i])
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
	switch v.(type) {
	case string:
		return "text"
	case int:
		return "a number"
	case bool:
		return "true or false"
	case tuple:
		return "a tuple"
	case *dict:
		return "a dict"
	case global:
		return "a function or type"
	case *storage:
		return "a storage"
	default: // *view
		return "a tensor"
	}
}
