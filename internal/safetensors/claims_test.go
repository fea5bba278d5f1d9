package safetensors

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// headed returns a file with a header and no data.
func headed(header string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
}

// tensors returns the header of n empty tensors.
func tensors(n int) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"%x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, i)
	}
	b.WriteByte('}')
	return b.String()
}

// A header of 4 MB takes at most 1 s of the processor and 200 MB, whatever it says, and a far longer one is refused.
func TestHeaders(t *testing.T) {
	const mb = 1 << 20
	for name, c := range map[string]struct{ header, want string }{
		"many tensors": {tensors(maxTensors), ""},
		"more":         {tensors(4 * mb / 60), "got more than 32768 tensors"},
		"nested":       {`{"a":` + strings.Repeat("[", 4*mb), "not JSON"},
		"a long name":  {`{"` + strings.Repeat("a", 4*mb), "not JSON"},
		"metadata":     {`{"__metadata__":{"a":"` + strings.Repeat("b", 4*mb) + `"}}`, ""},
		"much metadata": {
			`{"__metadata__":{"x":""` + strings.Repeat(`,"a":""`, mb/2) + `}}`, "given twice",
		},
		"escapes": {`{"__metadata__":{"a":"` + strings.Repeat(`\u00e9`, 2*mb/3) + `"}}`, ""},
		"a rank": {
			`{"a":{"dtype":"F32","shape":[0` + strings.Repeat(",0", 2*mb) + `],"data_offsets":[0,0]}}`, "want at most 64",
		},
		"keys":        {`{"a":{` + strings.Repeat(`"dtype":"F32",`, mb/4) + `"shape":[]}}`, "given twice"},
		"white space": {`{` + strings.Repeat(" ", 4*mb) + `}`, ""},
	} {
		b := headed(c.header)
		if len(b) > 4*mb+1<<18 {
			t.Errorf("%s: a test of %d bytes", name, len(b))
		}
		limittest.Limits{Bytes: 200 * mb, Time: time.Second}.Run(t, name, func() {
			_, err := Parse(b)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: got %v, want %q", name, err, c.want)
			}
		})
	}
	if _, err := Parse(headed(strings.Repeat(" ", maxHeader+1))); err == nil ||
		!strings.Contains(err.Error(), "header length: got 16777217, want at most 16777216") {
		t.Errorf("got %v, want the limit of a header", err)
	}
}
