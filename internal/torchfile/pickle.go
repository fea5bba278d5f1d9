package torchfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"

	"anneal/internal/plural"
)

// machine is pickle's stack machine.
type machine struct {
	in    []byte
	at    int
	stack []any
	marks []int // lengths of the stack
	memo  map[uint32]any
	load  func(id tuple) (*storage, error)
}

// unpickle runs a pickle of protocol 2. load finds the storage that a persistent id names.
func unpickle(in []byte, load func(id tuple) (*storage, error)) (any, error) {
	m := &machine{in: in, memo: make(map[uint32]any), load: load}
	for {
		at := m.at
		code, err := m.read(1)
		if err != nil {
			return nil, err
		}
		if code[0] == opStop {
			break
		}
		if err := m.step(code[0]); err != nil {
			return nil, fmt.Errorf("byte %d, %s: %w", at, opName(code[0]), err)
		}
	}
	if len(m.stack) != 1 || len(m.marks) != 0 || m.at != len(m.in) {
		return nil, fmt.Errorf("STOP at byte %d of %d with %d values: want one, at the end",
			m.at-1, len(m.in), len(m.stack))
	}
	return m.stack[0], nil
}

// step runs one opcode.
func (m *machine) step(op byte) error {
	switch op {
	case opProto:
		return m.proto()
	case opMark:
		m.marks = append(m.marks, len(m.stack))
	case opEmptyDict:
		m.push(&dict{})
	case opEmptyTuple:
		m.push(tuple{})
	case opTuple1, opTuple2, opTuple3:
		items, err := m.popN(int(op-opTuple1) + 1)
		m.push(tuple(items))
		return err
	case opTuple:
		items, err := m.popMark()
		m.push(tuple(items))
		return err
	case opTrue, opFalse:
		m.push(op == opTrue)
	case opInt1, opInt2, opInt, opLong1:
		return m.integer(op)
	case opUnicode:
		return m.text()
	case opPut, opLongPut:
		key, err := m.key(op == opLongPut)
		if err != nil {
			return err
		}
		top, err := m.popN(1)
		if err != nil {
			return err
		}
		m.push(top[0])
		m.memo[key] = top[0]
	case opGet, opLongGet:
		key, err := m.key(op == opLongGet)
		if err != nil {
			return err
		}
		value, ok := m.memo[key]
		if !ok {
			return fmt.Errorf("memo %d: never put", key)
		}
		m.push(value)
	case opGlobal:
		return m.global()
	case opPersID:
		return m.persistent()
	case opReduce:
		return m.reduce()
	case opBuild:
		return m.build()
	case opSetItem:
		items, err := m.popN(2)
		if err != nil {
			return err
		}
		return m.setItems(items)
	case opSetItems:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.setItems(items)
	default:
		return errors.New("refused, a state dict has none: " + advice)
	}
	return nil
}

// read takes the next n bytes.
func (m *machine) read(n int) ([]byte, error) {
	if n < 0 || n > len(m.in)-m.at {
		return nil, fmt.Errorf("the pickle ends after %s, want %d from byte %d on",
			plural.Of(len(m.in), "byte"), uint32(n), m.at)
	}
	b := m.in[m.at : m.at+n]
	m.at += n
	return b, nil
}

func (m *machine) proto() error {
	version, err := m.read(1)
	if err == nil && version[0] != 2 {
		err = fmt.Errorf("pickle protocol %d, want 2, torch.save's default", version[0])
	}
	return err
}

// integer pushes a little-endian number: of 1 or 2 bytes, unsigned; of 4, signed; or of as many as a first byte says,
// signed.
func (m *machine) integer(op byte) error {
	size := map[byte]int{opInt1: 1, opInt2: 2, opInt: 4}[op]
	if op == opLong1 {
		length, err := m.read(1)
		if err != nil {
			return err
		}
		if size = int(length[0]); size > 8 {
			return fmt.Errorf("a number of %d bytes, want at most 8", size)
		}
	}
	b, err := m.read(size)
	if err != nil {
		return err
	}
	var n uint64
	for i, x := range b {
		n |= uint64(x) << (8 * i)
	}
	if signed := op == opInt || op == opLong1; signed && size > 0 {
		unused := 64 - 8*size
		n = uint64(int64(n<<unused) >> unused)
	}
	m.push(int(n))
	return nil
}

func (m *machine) text() error {
	length, err := m.read(4)
	if err != nil {
		return err
	}
	text, err := m.read(int(binary.LittleEndian.Uint32(length)))
	if err != nil {
		return err
	}
	if !utf8.Valid(text) {
		return fmt.Errorf("got %.40q, want text in UTF-8", text)
	}
	m.push(string(text))
	return nil
}

// key reads an index of the memo.
func (m *machine) key(long bool) (uint32, error) {
	if long {
		b, err := m.read(4)
		if err != nil {
			return 0, err
		}
		return binary.LittleEndian.Uint32(b), nil
	}
	b, err := m.read(1)
	if err != nil {
		return 0, err
	}
	return uint32(b[0]), nil
}

// global pushes one of the names of Python that a state dict may have.
func (m *machine) global() error {
	lines := bytes.SplitN(m.in[m.at:], []byte("\n"), 3)
	if len(lines) < 3 {
		return errors.New("want two lines, module and name")
	}
	m.at += len(lines[0]) + len(lines[1]) + 2
	name := global(lines[0]) + "." + global(lines[1])
	_, allowed := storageTypes[name]
	switch name {
	case orderedDict, rebuildTensor, rebuildParameter:
		allowed = true
	}
	if allowed {
		m.push(name)
		return nil
	}
	return fmt.Errorf("%.80q is refused, a state dict has none: %s", name, advice)
}

func (m *machine) persistent() error {
	id, err := pop[tuple](m)
	if err != nil {
		return err
	}
	s, err := m.load(id)
	m.push(s)
	return err
}

// build drops an OrderedDict's attributes; a state dict has one, _metadata.
func (m *machine) build() error {
	if _, err := pop[*dict](m); err != nil {
		return err
	}
	d, err := pop[*dict](m)
	m.push(d)
	return err
}

// setItems adds key, value, key, value ... to the dict on top of the stack.
func (m *machine) setItems(items []any) error {
	d, err := pop[*dict](m)
	if err != nil {
		return err
	}
	if len(items)%2 != 0 {
		return fmt.Errorf("%d keys and values, want pairs", len(items))
	}
	if d.values == nil {
		d.values = make(map[string]any)
	}
	for i := 0; i < len(items); i += 2 {
		key, ok := items[i].(string)
		if !ok {
			return fmt.Errorf("a key is %s, want text: %s", describe(items[i]), advice)
		}
		if _, given := d.values[key]; given {
			return fmt.Errorf("key %q: given twice", key)
		}
		d.keys = append(d.keys, key)
		d.values[key] = items[i+1]
	}
	m.push(d)
	return nil
}
