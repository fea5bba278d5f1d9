package wire

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// The first three are the examples of protobuf.dev/programming-guides/encoding; the others follow its rules.
func TestMessage(t *testing.T) {
	for _, c := range []struct {
		name string
		add  func(*Message)
		want string
	}{
		{"int", func(m *Message) { m.Int(1, 150) }, "08 9601"},
		{"text", func(m *Message) { m.Text(2, "testing") }, "12 07 74657374696e67"},
		{"message", func(m *Message) {
			var inner Message
			inner.Int(1, 150)
			m.Bytes(3, inner)
		}, "1a 03 089601"},
		{"negative int", func(m *Message) { m.Int(1, -1) }, "08 ffffffffffffffffff01"},
		{"zero", func(m *Message) { m.Int(1, 0) }, "08 00"},
		{"float", func(m *Message) { m.Float(2, 0.125) }, "15 0000003e"},
		{"double", func(m *Message) { m.Double(1, -2) }, "09 00000000000000c0"},
		{"doubles", func(m *Message) { m.Doubles(7, []float64{1, 0.5}) }, "3a 10 000000000000f03f 000000000000e03f"},
		{"no doubles", func(m *Message) { m.Doubles(7, nil) }, "3a 00"},
		{"field 16", func(m *Message) { m.Int(16, 1) }, "8001 01"},
	} {
		var m Message
		c.add(&m)
		want, err := hex.DecodeString(strings.ReplaceAll(c.want, " ", ""))
		if err != nil || !bytes.Equal(m, want) {
			t.Errorf("%s: got %x, want %s", c.name, []byte(m), c.want)
		}
	}
}
