package torchfile

import (
	"errors"
	"fmt"

	"anneal/internal/plural"
)

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

// top returns the value on top of the stack, nil if there is none above the last mark.
func (m *machine) top() any {
	if len(m.stack) == m.floor() {
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// floor returns the length of the stack at the last mark.
func (m *machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

// popN removes and returns the n values on top, none from below the last mark.
func (m *machine) popN(n int) ([]any, error) {
	at := len(m.stack) - n
	if at < m.floor() {
		return nil, fmt.Errorf("%s on the stack, want %d", plural.Of(len(m.stack)-m.floor(), "value"), n)
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
	items, err := m.popN(len(m.stack) - m.floor())
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

// rearrange drops the value on top, or all above the last mark, or doubles the one on top.
func (m *machine) rearrange(op byte) error {
	if op == opPopMark {
		_, err := m.popMark()
		return err
	}
	top, err := m.popN(1)
	if err == nil && op == opDup {
		m.push(top[0])
		m.push(top[0])
	}
	return err
}

// remember puts the value on top into the memo, or pushes one from there.
func (m *machine) remember(op byte) error {
	key, err := uint64(len(m.memo)), error(nil)
	switch op {
	case opPut, opGet:
		key, err = m.length(1)
	case opLongPut, opLongGet:
		key, err = m.length(4)
	}
	if err != nil {
		return err
	}
	if op == opGet || op == opLongGet {
		value, ok := m.memo[uint32(key)]
		if !ok {
			return fmt.Errorf("memo %d: never put", key)
		}
		m.push(value)
		return nil
	}
	top, err := m.popN(1)
	if err != nil {
		return err
	}
	m.push(top[0])
	m.memo[uint32(key)] = top[0]
	return nil
}
