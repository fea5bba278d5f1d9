package torchfile

import (
	"errors"
	"fmt"

	"anneal/internal/plural"
)

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

// popN removes and returns the n values on top, none from below the last mark.
func (m *machine) popN(n int) ([]any, error) {
	floor := 0
	if len(m.marks) > 0 {
		floor = m.marks[len(m.marks)-1]
	}
	at := len(m.stack) - n
	if at < floor {
		return nil, fmt.Errorf("%s on the stack, want %d", plural.Of(len(m.stack)-floor, "value"), n)
	}
	items := append([]any(nil), m.stack[at:]...)
	m.stack = m.stack[:at]
	return items, nil
}

// popMark removes the last mark, and removes and returns the values above it.
func (m *machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, errors.New("no mark on the stack")
	}
	at := m.marks[len(m.marks)-1]
	items, err := m.popN(len(m.stack) - at)
	m.marks = m.marks[:len(m.marks)-1]
	return items, err
}

// pop removes and returns the value on top, which must be a T.
func pop[T any](m *machine) (T, error) {
	items, err := m.popN(1)
	if err != nil {
		var none T
		return none, err
	}
	return as[T](items[0])
}
