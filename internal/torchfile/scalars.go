package torchfile

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// length reads a little-endian number of size bytes.
func (m *machine) length(size int) (uint64, error) {
	b, err := m.read(size)
	var n uint64
	for i, x := range b {
		n |= uint64(x) << (8 * i)
	}
	return n, err
}

// counted reads a little-endian number of size bytes, and as many bytes as that says.
func (m *machine) counted(size int) ([]byte, error) {
	n, err := m.length(size)
	if err != nil {
		return nil, err
	}
	if n > uint64(len(m.in)) {
		n = uint64(len(m.in)) + 1 // more than there is
	}
	return m.read(int(n))
}

// number pushes a number: little-endian of 1 or 2 bytes, unsigned; of 4, signed; of as many as a first number says,
// signed; or a big-endian float64. It pushes a whole number of more than 8 bytes as its length.
func (m *machine) number(op byte) error {
	var b []byte
	var err error
	switch op {
	case opFloat:
		if b, err = m.read(8); err == nil {
			m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
		return err
	case opLong1:
		b, err = m.counted(1)
	case opLong4:
		b, err = m.counted(4)
	default:
		b, err = m.read(map[byte]int{opInt1: 1, opInt2: 2, opInt: 4}[op])
	}
	if err != nil {
		return err
	}
	if len(b) > 8 {
		m.push(long(len(b)))
		return nil
	}
	var n uint64
	for i, x := range b {
		n |= uint64(x) << (8 * i)
	}
	if unsigned := op == opInt1 || op == opInt2; !unsigned && len(b) > 0 {
		unused := 64 - 8*len(b)
		n = uint64(int64(n<<unused) >> unused)
	}
	m.push(int(n))
	return nil
}

// text pushes text, or bytes, which nothing looks into. What Python 2 wrote as text is bytes that are text if they can
// be.
func (m *machine) text(op byte) error {
	size := 4
	switch op {
	case opUnicode1, opString1, opBytes1:
		size = 1
	case opUnicode8, opBytes8, opByteArray8:
		size = 8
	}
	b, err := m.counted(size)
	if err != nil {
		return err
	}
	switch op {
	case opBytes1, opBytes, opBytes8, opByteArray8:
		m.push(raw(len(b)))
		return nil
	case opString1, opString:
		m.push(strings.ToValidUTF8(string(b), "\ufffd"))
		return nil
	}
	if !utf8.Valid(b) {
		return fmt.Errorf("got %.40q, want text in UTF-8", b)
	}
	m.push(string(b))
	return nil
}
