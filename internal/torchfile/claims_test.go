package torchfile

import (
	"strings"
	"testing"
	"time"

	"anneal/internal/limittest"
)

// A pickle of the largest size takes at most 1 s of the processor and 200 MB, whatever values it makes.
func TestPickles(t *testing.T) {
	for name, ops := range map[string]string{
		"dicts":         "}",
		"lists":         "]",
		"tuples":        "N",
		"nested tuples": "\x85",
		"of marks":      "(t",
		"marks":         "(",
		"memos":         "\x94",
		"named memos":   "N\x94",
		"long puts":     "r\xff\xff\xff\xff",
		"gets":          "h\x00",
		"doubles":       "2",
		"empty texts":   "X\x00\x00\x00\x00",
		"short texts":   "\x8c\x01a",
		"numbers":       "K\x01",
		"floats":        "G\x3f\xf0\x00\x00\x00\x00\x00\x00",
		"items":         "NNs",
		"appended":      "Na",
		"globals":       "ca\nb\n",
		"calls":         "ca\nb\n)R",
		"dicts of one":  "}NNs",
		"pairs":         "(NNd",
	} {
		begin := "\x80\x02}]q\x00N"
		switch name {
		case "items":
			begin = "\x80\x02}"
		case "appended":
			begin = "\x80\x02]"
		}
		b := begin + strings.Repeat(ops, (maxPickle-len(begin)-1)/len(ops)) + "."
		limittest.Limits{Bytes: 200 << 20, Time: time.Second}.Run(t, name, func() {
			if _, _, err := unpickle([]byte(b), nil); err == nil || len(err.Error()) > 300 {
				t.Errorf("%s: got %.400v, want a short error", name, err)
			}
			if _, err := Parse([]byte(b)); err == nil || len(err.Error()) > 300 {
				t.Errorf("%s: got %.400v, want a short error", name, err)
			}
		})
	}
	// The value of a pickle that is read is walked through for dicts of tensors.
	for name, value := range map[string]string{
		"deep tuples": "N" + strings.Repeat("\x85", maxSteps-10),
		"deep lists":  strings.Repeat("(]", maxSteps/4) + strings.Repeat("t", maxSteps/4),
		"wide":        "(" + strings.Repeat("}", maxSteps-10) + "t",
		"doubled":     "}" + strings.Repeat("2\x86", maxSteps/2-10),
	} {
		b := pack(t, record{name: "a/data.pkl", data: "\x80\x02" + value + "."}, record{name: "a/version", data: "3\n"})
		limittest.Limits{Bytes: 200 << 20, Time: time.Second}.Run(t, name, func() {
			if _, err := Parse(b); err == nil || len(err.Error()) > 300 {
				t.Errorf("%s: got %.400v, want a short error", name, err)
			}
		})
	}
}
