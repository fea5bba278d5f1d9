package delimited

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// Rows of files with commas, semicolons and tabs, of which some are bad.
func TestRead(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.csv", "\ufeffa,b\n 1 ,\"x\ny\"\n3,4\n", `["a" "b"]1 ["1" "x\ny"]2 ["3" "4"]4 `},
		{"a.csv", "a;b\n1,5;2\n", `["a" "b"]1 ["1,5" "2"]2 `},
		{"a.TSV", "a,b\tc\n1\t\n", `["a,b" "c"]1 ["1" ""]2 `},
		{"a.csv", "a,b\n1\n2,3\n", `["a" "b"]1 (2: line 2: got 1 columns, want 2) ["2" "3"]3 `},
		{"a.csv", "a,b\n1,x\"y\n2,3\n", `["a" "b"]1 (2: line 2, column 4: bare " in non-quoted-field) ["2" "3"]3 `},
		{"a.csv", "", ""},
	} {
		r, got := NewReader(strings.NewReader(c.content), c.name), ""
		for {
			cells, line, err := r.Read()
			if bad := (*RowError)(nil); errors.As(err, &bad) {
				got += fmt.Sprintf("(%d: %v) ", bad.Line, bad)
				continue
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got += fmt.Sprintf("%q%d ", cells, line)
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.content, got, c.want)
		}
	}
	r := NewReader(io.MultiReader(strings.NewReader("a\n\""), endless{}), "a.csv")
	_, _, err := r.Read()
	if err == nil {
		_, _, err = r.Read()
	}
	if err == nil || !strings.HasPrefix(err.Error(), "about line 2: want at most 1048576 bytes in a row") {
		t.Errorf("a row without an end: got %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestCells(t *testing.T) {
	for _, cell := range []string{"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"} {
		if !Missing(cell) {
			t.Errorf("%q is not missing", cell)
		}
	}
	for cell, want := range map[string]float64{"1": 1, "-2.5e3": -2500, "0x10p0": 16} {
		if v, ok := Number(cell); !ok || v != want || Missing(cell) {
			t.Errorf("%q: got %v, %v, want %v", cell, v, ok, want)
		}
	}
	for _, cell := range []string{"", "x", "inf", "nan", "1e999", "1,5"} {
		if v, ok := Number(cell); ok {
			t.Errorf("%q: got %v, want no number", cell, v)
		}
	}
}
