package export

import (
	"encoding/binary"
	"math"

	"anneal/graph"
	"anneal/internal/wire"
)

// floatType is TensorProto.FLOAT, int32Type is INT32, and intType is INT64. Field numbers here are those of onnx.proto.
const (
	floatType = 1
	int32Type = 6
	intType   = 7
)

func (t initializer) proto() wire.Message {
	var m wire.Message
	for _, n := range t.shape {
		m.Int(1, n) // dims
	}
	kind := floatType
	raw := make([]byte, 0, 4*len(t.data))
	for _, n := range t.indexes {
		kind, raw = intType, binary.LittleEndian.AppendUint64(raw, uint64(n))
	}
	m.Int(2, kind)    // data_type
	m.Text(8, t.name) // name
	for _, v := range t.data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	m.Bytes(9, raw) // raw_data
	return m
}

// batchSize is the size that stands for that of the batch.
const batchSize = "batch"

// batchOf returns the sizes of a batch of samples of this shape.
func batchOf(shape []int) []any {
	all := []any{batchSize}
	for _, n := range shape {
		all = append(all, n)
	}
	return all
}

// valueInfo describes a value with elements of a kind. A size is a number, or a text that says how it depends on the
// batch.
func valueInfo(name string, kind int, shape ...any) wire.Message {
	var sizes wire.Message
	for _, n := range shape {
		var size wire.Message
		switch n := n.(type) {
		case int:
			size.Int(1, n) // dim_value
		case string:
			size.Text(2, n) // dim_param
		}
		sizes.Bytes(1, size) // dim
	}
	var typ wire.Message
	typ.Int(1, kind)    // elem_type
	typ.Bytes(2, sizes) // shape
	var of wire.Message
	of.Bytes(1, typ) // tensor_type
	var m wire.Message
	m.Text(1, name) // name
	m.Bytes(2, of)  // type
	return m
}

func attributeProto(a graph.Attribute) wire.Message {
	var m wire.Message
	m.Text(1, a.Name) // name
	switch v := a.Value.(type) {
	case float32:
		m.Float(2, v) // f
		m.Int(20, 1)  // type FLOAT
	case int:
		m.Int(3, v)  // i
		m.Int(20, 2) // type INT
	case string:
		m.Text(4, v) // s
		m.Int(20, 3) // type STRING
	case []float32:
		for _, x := range v {
			m.Float(7, x) // floats
		}
		m.Int(20, 6) // type FLOATS
	case []int:
		for _, n := range v {
			m.Int(8, n) // ints
		}
		m.Int(20, 7) // type INTS
	case []string:
		for _, text := range v {
			m.Text(9, text) // strings
		}
		m.Int(20, 8) // type STRINGS
	}
	return m
}

// node is one operation.
type node struct {
	op, name        string
	inputs, outputs []string
	attributes      []graph.Attribute
}

func (n node) proto() wire.Message {
	var m wire.Message
	for _, name := range n.inputs {
		m.Text(1, name) // input
	}
	for _, name := range n.outputs {
		m.Text(2, name) // output
	}
	m.Text(3, n.name) // name
	m.Text(4, n.op)   // op_type
	for _, a := range n.attributes {
		m.Bytes(5, attributeProto(a)) // attribute
	}
	return m
}
