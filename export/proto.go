package export

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a protobuf message that is being written. Field numbers are those of onnx.proto.
type message []byte

func (m *message) int(field protowire.Number, v int) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, uint64(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed32Type)
	*m = protowire.AppendFixed32(*m, math.Float32bits(v))
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, v)
}

func (m *message) text(field protowire.Number, v string) { m.bytes(field, []byte(v)) }

// floatType is TensorProto.FLOAT.
const floatType = 1

func (t initializer) proto() message {
	var m message
	for _, n := range t.shape {
		m.int(1, n) // dims
	}
	m.int(2, floatType) // data_type
	m.text(8, t.name)   // name
	raw := make([]byte, 0, 4*len(t.data))
	for _, v := range t.data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	m.bytes(9, raw) // raw_data
	return m
}

// valueInfo describes an input or output of float32, [batch, shape...].
func valueInfo(name string, shape []int) message {
	var batch message
	batch.text(2, "batch") // dim_param
	var sizes message
	sizes.bytes(1, batch) // dim
	for _, n := range shape {
		var size message
		size.int(1, n) // dim_value
		sizes.bytes(1, size)
	}
	var typ message
	typ.int(1, floatType) // elem_type
	typ.bytes(2, sizes)   // shape
	var of message
	of.bytes(1, typ) // tensor_type
	var m message
	m.text(1, name) // name
	m.bytes(2, of)  // type
	return m
}

// attribute is a setting of a node; its value is an int, []int or float32.
type attribute struct {
	name  string
	value any
}

func (a attribute) proto() message {
	var m message
	m.text(1, a.name) // name
	switch v := a.value.(type) {
	case float32:
		m.float(2, v) // f
		m.int(20, 1)  // type FLOAT
	case int:
		m.int(3, v)  // i
		m.int(20, 2) // type INT
	case []int:
		for _, n := range v {
			m.int(8, n) // ints
		}
		m.int(20, 7) // type INTS
	}
	return m
}

// node is one operation.
type node struct {
	op, name, output string
	inputs           []string
	attributes       []attribute
}

func (n node) proto() message {
	var m message
	for _, name := range n.inputs {
		m.text(1, name) // input
	}
	m.text(2, n.output) // output
	m.text(3, n.name)   // name
	m.text(4, n.op)     // op_type
	for _, a := range n.attributes {
		m.bytes(5, a.proto()) // attribute
	}
	return m
}
