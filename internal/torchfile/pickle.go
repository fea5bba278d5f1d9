package torchfile

import (
	"errors"
	"fmt"

	"anneal/internal/plural"
)

// machine is pickle's stack machine.
type machine struct {
	in    []byte
	at    int // of the next byte
	begin int // of the opcode that runs
	stack []any
	marks []int // lengths of the stack
	memo  map[uint32]any
	load  func(id tuple) (any, error)
}

// unpickle runs the pickle of protocol 2 to 5 at the beginning of in, and returns its value and where it ends. load
// finds the storage that a persistent id names.
func unpickle(in []byte, load func(id tuple) (any, error)) (value any, end int, err error) {
	m := &machine{in: in, memo: make(map[uint32]any), load: load}
	for steps := 0; ; steps++ {
		if steps == maxSteps {
			return nil, 0, fmt.Errorf("byte %d: got more than %d opcodes, want at most that", m.at, maxSteps)
		}
		m.begin = m.at
		code, err := m.read(1)
		if err != nil {
			return nil, 0, err
		}
		if code[0] == opStop {
			break
		}
		if err := m.step(code[0]); err != nil {
			return nil, 0, fmt.Errorf("byte %d, %s: %w", m.begin, opName(code[0]), err)
		}
	}
	if len(m.stack) != 1 || len(m.marks) != 0 {
		return nil, 0, fmt.Errorf("STOP at byte %d of %d with %s: want one, at the end",
			m.at-1, len(m.in), plural.Of(len(m.stack), "value"))
	}
	return m.stack[0], m.at, nil
}

// step runs one opcode.
func (m *machine) step(op byte) error {
	switch op {
	case opProto, opFrame:
		return m.header(op)
	case opMark:
		m.marks = append(m.marks, len(m.stack))
		return nil
	case opInt1, opInt2, opInt, opLong1, opLong4, opFloat:
		return m.number(op)
	case opUnicode1, opUnicode, opUnicode8, opString1, opString, opBytes1, opBytes, opBytes8, opByteArray8:
		return m.text(op)
	case opPut, opLongPut, opMemoize, opGet, opLongGet:
		return m.remember(op)
	case opGlobal, opGlobal4:
		return m.global(op)
	case opPersID:
		return m.persistent()
	case opReduce, opNewObj, opNewObjEx:
		return m.call(op)
	case opBuild:
		return m.build()
	case opPop, opPopMark, opDup:
		return m.rearrange(op)
	}
	return m.collect(op)
}

// collect runs an opcode that makes a constant or a collection, or adds to one.
func (m *machine) collect(op byte) error {
	switch op {
	case opNone:
		m.push(nil)
	case opTrue, opFalse:
		m.push(op == opTrue)
	case opEmptyDict:
		m.push(&dict{})
	case opEmptyList, opEmptySet:
		m.push(&sequence{})
	case opEmptyTuple:
		m.push(tuple{})
	case opTuple1, opTuple2, opTuple3:
		items, err := m.popN(int(op-opTuple1) + 1)
		m.push(tuple(items))
		return err
	case opTuple, opFrozenSet:
		items, err := m.popMark()
		m.push(tuple(items))
		return err
	case opList:
		items, err := m.popMark()
		m.push(&sequence{items})
		return err
	case opDict:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		m.push(&dict{})
		return m.setItems(items)
	case opSetItem:
		items, err := m.popN(2)
		if err != nil {
			return err
		}
		return m.setItems(items)
	case opAppend:
		items, err := m.popN(1)
		if err != nil {
			return err
		}
		return m.appendItems(items)
	case opSetItems, opAppends, opAddItems:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		if op == opSetItems {
			return m.setItems(items)
		}
		return m.appendItems(items)
	default:
		return errors.New("refused, a state dict has none: " + advice)
	}
	return nil
}

// read takes the next n bytes.
func (m *machine) read(n int) ([]byte, error) {
	if n < 0 || n > len(m.in)-m.at {
		return nil, fmt.Errorf("the pickle ends after %s, want %d from byte %d on",
			plural.Of(len(m.in), "byte"), uint64(n), m.at)
	}
	b := m.in[m.at : m.at+n]
	m.at += n
	return b, nil
}

// header checks the version of the pickle, and skips the length of a frame: all frames are in memory.
func (m *machine) header(op byte) error {
	if op == opFrame {
		_, err := m.read(8)
		return err
	}
	version, err := m.read(1)
	if err == nil && (version[0] < 2 || version[0] > 5) {
		return fmt.Errorf("pickle protocol %d, want 2 to 5", version[0])
	}
	return err
}

// setItems adds key, value, key, value ... to the dict on top of the stack.
func (m *machine) setItems(items []any) error {
	if len(items)%2 != 0 {
		return fmt.Errorf("%d keys and values, want pairs", len(items))
	}
	if f, ok := m.top().(*foreign); ok {
		f.items.set(items)
		return nil
	}
	d, err := pop[*dict](m)
	if err != nil {
		return err
	}
	m.push(d)
	return d.set(items)
}

// appendItems adds items to the list or set on top of the stack.
func (m *machine) appendItems(items []any) error {
	if _, ok := m.top().(*foreign); ok {
		return nil
	}
	l, err := pop[*sequence](m)
	if err != nil {
		return err
	}
	m.push(l)
	l.items = append(l.items, items...)
	return nil
}
