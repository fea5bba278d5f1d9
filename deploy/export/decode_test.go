package export

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// file is what the tests read of an ONNX file.
type file struct {
	ir, opset           int
	producer, doc, name string
	about               string
	nodes               []string // op inputs -> output attributes
	ops                 map[string]int
	tensors             []initializer
	input, output       string
	values              []string // the other values
}

// fields calls read for each field of a message: n is its number if it is one, sub its bytes if it has them.
func fields(t *testing.T, b []byte, read func(field protowire.Number, n uint64, sub []byte)) {
	t.Helper()
	for len(b) > 0 {
		field, typ, size := protowire.ConsumeTag(b)
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		b = b[size:]
		var n uint64
		var sub []byte
		switch typ {
		case protowire.VarintType:
			n, size = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var bits uint32
			bits, size = protowire.ConsumeFixed32(b)
			n = uint64(bits)
		case protowire.BytesType:
			sub, size = protowire.ConsumeBytes(b)
		default:
			t.Fatalf("field %d has type %d", field, typ)
		}
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		read(field, n, sub)
		b = b[size:]
	}
}

func decode(t *testing.T, b []byte) *file {
	t.Helper()
	f := &file{ops: make(map[string]int)}
	fields(t, b, func(field protowire.Number, n uint64, sub []byte) {
		switch field {
		case 1:
			f.ir = int(n)
		case 2:
			f.producer = string(sub)
		case 6:
			f.doc = string(sub)
		case 7:
			f.graph(t, sub)
		case 8:
			fields(t, sub, func(field protowire.Number, n uint64, _ []byte) {
				if field == 2 {
					f.opset = int(n)
				}
			})
		default:
			t.Errorf("model field %d", field)
		}
	})
	return f
}

func (f *file) graph(t *testing.T, b []byte) {
	fields(t, b, func(field protowire.Number, _ uint64, sub []byte) {
		switch field {
		case 1:
			f.node(t, sub)
		case 2:
			f.name = string(sub)
		case 5:
			f.tensors = append(f.tensors, readInitializer(t, sub))
		case 10:
			f.about = string(sub)
		case 11:
			f.input = joined(f.input, value(t, sub))
		case 12:
			f.output = joined(f.output, value(t, sub))
		case 13:
			f.values = append(f.values, value(t, sub))
		default:
			t.Errorf("graph field %d", field)
		}
	})
}

// joined returns list with one more value.
func joined(list, value string) string {
	if list == "" {
		return value
	}
	return list + "; " + value
}

func (f *file) node(t *testing.T, b []byte) {
	var inputs, attributes, op string
	var outputs []string
	fields(t, b, func(field protowire.Number, _ uint64, sub []byte) {
		switch field {
		case 1:
			inputs += " " + string(sub)
		case 2:
			outputs = append(outputs, string(sub))
		case 4:
			op = string(sub)
		case 5:
			attributes += " " + setting(t, sub)
		}
	})
	f.ops[op]++
	f.nodes = append(f.nodes, op+inputs+" -> "+strings.Join(outputs, ",")+attributes)
}

func setting(t *testing.T, b []byte) string {
	var name string
	var kind uint64
	var value any
	var ints []uint64
	var texts []string
	fields(t, b, func(field protowire.Number, n uint64, sub []byte) {
		switch field {
		case 1:
			name = string(sub)
		case 2:
			value = math.Float32frombits(uint32(n))
		case 3:
			value = n
		case 4:
			value = string(sub)
		case 9:
			texts = append(texts, string(sub))
			value = texts
		case 8:
			ints = append(ints, n)
			value = ints
		case 20:
			kind = n
		}
	})
	kinds := map[string]uint64{"float32": 1, "uint64": 2, "string": 3, "[]uint64": 7, "[]string": 8}
	if want := kinds[fmt.Sprintf("%T", value)]; kind != want {
		t.Errorf("attribute %s is %v, of type %d, want %d", name, value, kind, want)
	}
	return fmt.Sprintf("%s=%v", name, value)
}

func readInitializer(t *testing.T, b []byte) initializer {
	var x initializer
	var kind uint64
	fields(t, b, func(field protowire.Number, n uint64, sub []byte) {
		switch field {
		case 1:
			x.shape = append(x.shape, int(n))
		case 2:
			kind = n
		case 8:
			x.name = string(sub)
		case 9:
			if kind == 7 {
				for ; len(sub) >= 8; sub = sub[8:] {
					x.indexes = append(x.indexes, int(binary.LittleEndian.Uint64(sub)))
				}
			}
			for ; len(sub) >= 4; sub = sub[4:] {
				x.data = append(x.data, math.Float32frombits(binary.LittleEndian.Uint32(sub)))
			}
		}
	})
	if kind != 1 && !(kind == 7 && strings.HasPrefix(x.name, "numbers")) {
		t.Errorf("data type %d of %s, want 1", kind, x.name)
	}
	return x
}

// value returns an input or output, such as "logits 1 [batch 10]"; 1 is its element type.
func value(t *testing.T, b []byte) string {
	var text string
	fields(t, b, func(field protowire.Number, _ uint64, sub []byte) {
		if field == 1 {
			text = string(sub)
			return
		}
		fields(t, sub, func(_ protowire.Number, _ uint64, sub []byte) { // tensor_type
			fields(t, sub, func(field protowire.Number, n uint64, sub []byte) {
				if field == 1 {
					text += fmt.Sprint(" ", n)
					return
				}
				var sizes []string
				fields(t, sub, func(_ protowire.Number, _ uint64, sub []byte) { // dim
					fields(t, sub, func(field protowire.Number, n uint64, sub []byte) {
						if field == 1 {
							sub = fmt.Append(nil, n)
						}
						sizes = append(sizes, string(sub))
					})
				})
				text += fmt.Sprint(" ", sizes)
			})
		})
	})
	return text
}
