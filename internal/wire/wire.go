// Package wire writes protobuf messages field by field.
package wire

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message is a protobuf message under construction. Each method appends one field, even if its value is zero.
type Message []byte

// Int appends an int32, int64, uint64 or enum.
func (m *Message) Int(field protowire.Number, v int) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, uint64(v))
}

// Float appends a float.
func (m *Message) Float(field protowire.Number, v float32) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed32Type)
	*m = protowire.AppendFixed32(*m, math.Float32bits(v))
}

// Double appends a double.
func (m *Message) Double(field protowire.Number, v float64) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed64Type)
	*m = protowire.AppendFixed64(*m, math.Float64bits(v))
}

// Doubles appends a packed list of doubles.
func (m *Message) Doubles(field protowire.Number, list []float64) {
	packed := make([]byte, 0, 8*len(list))
	for _, v := range list {
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(v))
	}
	m.Bytes(field, packed)
}

// Bytes appends bytes or a message.
func (m *Message) Bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, v)
}

// Text appends a string.
func (m *Message) Text(field protowire.Number, v string) { m.Bytes(field, []byte(v)) }
