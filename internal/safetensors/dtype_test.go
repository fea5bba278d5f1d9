package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every number of 8 bits is what PyTorch makes of it.
func TestNumbersOfEightBits(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "f8.json"))
	if err != nil {
		t.Fatal(err)
	}
	var types map[DType][]any
	if err := json.Unmarshal(b, &types); err != nil {
		t.Fatal(err)
	}
	if len(types) != 5 {
		t.Errorf("%d types, want 5", len(types))
	}
	for dtype, values := range types {
		x := Tensor{Name: "x", DType: dtype, Shape: []int{256}}
		for i := range 256 {
			x.Data = append(x.Data, byte(i))
		}
		got, err := x.Float64s()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range values {
			w, ok := want.(float64)
			if !ok {
				w = map[any]float64{"nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1)}[want]
			}
			same := got[i] == w && math.Signbit(got[i]) == math.Signbit(w)
			if !same && !(math.IsNaN(w) && math.IsNaN(got[i])) {
				t.Errorf("%s %#02x: got %v, want %v", dtype, i, got[i], want)
			}
		}
	}
}

// The original reader takes these headers, and so does Parse.
func TestHeadersThatTheOriginalTakes(t *testing.T) {
	const one = `"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	for _, header := range []string{
		"{" + one + "}", "   {" + one + "}", "\n\t\r {" + one + "}   ", "{" + one + "}\n\t\r ",
		`{"__metadata__":null,` + one + "}", `{` + one + `,"__metadata__":{}}`, "{\n  " + one + "\n}",
	} {
		f, err := Parse(file(header, 4))
		if err != nil || len(f.Tensors) != 1 || len(f.Metadata) != 0 {
			t.Errorf("%q: got %v, %v", header, f, err)
		}
	}
	for _, header := range []string{"   ", "\x00{" + one + "}", "{" + one + "}\x00", `{"__metadata__":[],` + one + "}"} {
		if f, err := Parse(file(header, 4)); err == nil {
			t.Errorf("%q: got %v, want an error", header, f)
		}
	}
}

// A tensor of any type of the format does not stop the reading of the others, and keeps its bytes.
func TestEveryTypeOfTheFormat(t *testing.T) {
	for dtype, want := range map[DType]int{
		F8E4M3: 24, F8E5M2: 24, F8E4M3FNUZ: 24, F8E5M2FNUZ: 24, F8E8M0: 24, C64: 192, F6E2M3: 18, F6E3M2: 18, F4: 12,
	} {
		header := fmt.Sprintf(`{"a":{"dtype":%q,"shape":[3,8],"data_offsets":[0,%d]},`+
			`"b":{"dtype":"F32","shape":[1],"data_offsets":[%[2]d,%d]}}`, dtype, want, want+4)
		f, err := Parse(file(header, want+4))
		if err != nil {
			t.Errorf("%s: %v", dtype, err)
			continue
		}
		if v, err := f.Tensors[1].Float32s(); err != nil || v[0] != 0 {
			t.Errorf("%s: the tensor beside it: got %v, %v", dtype, v, err)
		}
		_, err = f.Tensors[0].Float32s()
		if dtype.Numeric() != (err == nil) || err != nil && !strings.Contains(err.Error(), string(dtype)) {
			t.Errorf("%s: got %v", dtype, err)
		}
		again, err := f.Encode()
		if err != nil {
			t.Errorf("%s: %v", dtype, err)
			continue
		}
		back, err := Parse(again)
		if err != nil {
			t.Errorf("%s: %v", dtype, err)
			continue
		}
		if a, _ := back.Lookup("a"); !bytes.Equal(a.Data, f.Tensors[0].Data) {
			t.Errorf("%s: got %v", dtype, a)
		}
	}
	if _, err := Parse(file(`{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}`, 2)); err == nil ||
		!strings.Contains(err.Error(), "whole number of bytes") {
		t.Errorf("3 numbers of 4 bits: got %v", err)
	}
}

func TestManyDimensions(t *testing.T) {
	header := `{"a":{"dtype":"F32","shape":[` + strings.Repeat("1,", 1<<20) + `1],"data_offsets":[0,4]}}`
	if _, err := Parse(file(header, 4)); err == nil || !strings.Contains(err.Error(), "want at most 64") {
		t.Errorf("got %v", err)
	}
}

func TestFormatIsPyTorchs(t *testing.T) {
	for want, metadata := range map[string]map[string]string{"pt": nil, "np": {"format": "np"}} {
		b, err := (&File{Metadata: metadata}).EncodeChecked()
		if err != nil {
			t.Fatal(err)
		}
		if f, err := Parse(b); err != nil || f.Metadata["format"] != want {
			t.Errorf("got %v, %v, want format %s", f, err, want)
		}
	}
}
