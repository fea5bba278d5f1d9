package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	other "github.com/nlpodyssey/safetensors"
	"pgregory.net/rapid"

	"anneal/internal/limittest"
)

// file makes the bytes of a file with the given header and size of data.
func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func ExampleParse() {
	f := &File{
		Tensors: []Tensor{
			Float32("fc.weight", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}),
			Int64("bn.num_batches_tracked", nil, []int64{938}),
		},
		Metadata: map[string]string{"format": "pt"},
	}
	b, err := f.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	header := string(bytes.TrimRight(b[8:8+binary.LittleEndian.Uint64(b)], " "))
	fmt.Println(strings.ReplaceAll(header, "},", "},\n"))

	f, err = Parse(b)
	for _, t := range f.Tensors {
		v, _ := t.Float64s()
		fmt.Println(t.Name, t.DType, t.Shape, v, err)
	}
	_, err = Parse(b[:len(b)-1])
	fmt.Println(err)
	// Output:
	// {"__metadata__":{"format":"pt"},
	// "bn.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]},
	// "fc.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}
	// bn.num_batches_tracked I64 [] [938] <nil>
	// fc.weight F32 [2 3] [1 2 3 4 5 6] <nil>
	// tensor "fc.weight": end of data: got 32, want 8 to 31, the bytes after the header
}

func TestReadPyTorch(t *testing.T) {
	f, err := Read(filepath.Join("testdata", "pytorch.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{
		"conv.weight":            {-1.5, 0.25, 3, 1e-40},
		"bn.num_batches_tracked": {938},
		"half":                   {1, -2.5, 65504, 6e-8, math.Inf(-1)},
		"bfloat":                 {1, -2.5, 3.3895314e38, 0},
		"double":                 {0.1, -1e300},
		"bytes":                  {0, 255},
		"empty":                  {},
	}
	if len(f.Tensors) != len(want) {
		t.Errorf("%d tensors, want %d", len(f.Tensors), len(want))
	}
	for name, w := range want {
		tensor, ok := f.Lookup(name)
		got, err := tensor.Float64s()
		if !ok || err != nil || len(got) != len(w) {
			t.Errorf("%s: got %v %v, %v, want %v", name, ok, got, err, w)
			continue
		}
		for i := range w {
			if !(math.Abs(got[i]-w[i]) <= 1e-2*math.Abs(w[i])) && got[i] != w[i] {
				t.Errorf("%s[%d]: got %v, want %v", name, i, got[i], w[i])
			}
		}
	}
	if _, ok := f.Lookup("conv"); ok {
		t.Error("found a tensor that is not there")
	}
}

// Every 16-bit number against arithmetic of its own: value = (−1)^s · 2^(e−15) · 1.f.
func TestHalf(t *testing.T) {
	for b := range 1 << 16 {
		sign, e, f := 1-2*float64(b>>15), float64(b>>10&31), float64(b&1023)/1024
		want := sign * math.Pow(2, e-15) * (1 + f)
		switch e {
		case 0:
			want = sign * math.Pow(2, -14) * f
		case 31:
			want = sign * math.Inf(1)
			if f > 0 {
				want = math.NaN()
			}
		}
		got := half(uint16(b))
		if math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("%#04x: got %v, want %v", b, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	const ok = `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`
	tensor := func(dtype, shape, offsets string) string {
		return fmt.Sprintf(`{"a":{"dtype":%s,"shape":%s,"data_offsets":%s}}`, dtype, shape, offsets)
	}
	huge := binary.LittleEndian.AppendUint64(nil, math.MaxUint64)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "header length: got 0 bytes"},
		{"short", []byte("abc"), "header length: got 3 bytes"},
		{"text", []byte("This is a README."), "header length: got"},
		{"header length", huge, "header length: got 18446744073709551615"},
		{"header truncated", file(ok+"}", 8)[:20], "header: got 12 bytes, want 54"},
		{"no header", file("", 0), "want a JSON object"},
		{"list", file("[]", 0), "want a JSON object"},
		{"not JSON", file(`{"a"`, 0), "not JSON"},
		{"after", file(ok+"} x", 8), `got "x" after its end`},
		{"not UTF-8", file("{\"\xff\":1}", 0), "not UTF-8"},
		{"duplicate name", file(ok+`,"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}`, 16), `"a": given twice`},
		{
			"duplicate key", file(`{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8),
			`"dtype": given twice`,
		},
		{"no shape", file(`{"a":{"dtype":"F32","data_offsets":[0,8]}}`, 8), "keys: got 2"},
		{"more keys", file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}`, 8), `key: got "x"`},
		{"not a tensor", file(`{"a":1}`, 8), `tensor "a": got "1", want a JSON object`},
		{"null tensor", file(`{"a":null}`, 8), `want a JSON object`},
		{"dtype", file(tensor(`"F99"`, "[2]", "[0,8]"), 8), `dtype: got "F99", want one of F64`},
		{"dtype type", file(tensor(`7`, "[2]", "[0,8]"), 8), `dtype: got "7", want a string`},
		{"dtype null", file(tensor(`null`, "[2]", "[0,8]"), 8), `want a string`},
		{"shape negative", file(tensor(`"F32"`, "[-2,-1]", "[0,8]"), 8), "at least 0"},
		{"shape fraction", file(tensor(`"F32"`, "[2.0]", "[0,8]"), 8), "whole numbers"},
		{"shape null", file(tensor(`"F32"`, "[null]", "[0,0]"), 0), "whole numbers"},
		{"shape on lines", file(tensor(`"F32"`, "[\n\"2\"]", "[0,8]"), 8), "whole numbers"},
		{"shape overflows", file(tensor(`"F32"`, "[4294967296,4294967296,4294967296]", "[0,8]"), 8), "fewer than 2^63"},
		{"shape wraps to 8", file(tensor(`"F32"`, "[4611686018427387906]", "[0,8]"), 8), "fewer than 2^63"},
		{"shape differs", file(tensor(`"F32"`, "[3]", "[0,8]"), 8), "data: got 8 bytes, want 12 (F32 [3])"},
		{"offsets", file(tensor(`"F32"`, "[2]", "[8]"), 8), "two whole numbers"},
		{"offset beyond int", file(tensor(`"F32"`, "[2]", "[0,18446744073709551616]"), 8), "whole numbers"},
		{"offsets swapped", file(tensor(`"F32"`, "[2]", "[8,0]"), 8), "begin of data: got 8, want 0"},
		{"offset outside", file(tensor(`"F32"`, "[4]", "[0,16]"), 8), "end of data: got 16, want 0 to 8"},
		{
			"gap", file(ok+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}`, 16),
			`tensor "b": begin of data: got 12, want 8`,
		},
		{
			"overlap", file(ok+`,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12),
			`tensor "b": begin of data: got 4, want 8`,
		},
		{"trailing bytes", file(ok+"}", 9), "data: got 9 bytes after the header, want 8"},
		{"metadata", file(`{"__metadata__":{"a":1}}`, 0), `__metadata__: "a": got "1", want a string`},
		{"metadata null", file(`{"__metadata__":{"a":null}}`, 0), "want a string"},
	} {
		path := filepath.Join(t.TempDir(), "x.safetensors")
		if err := os.WriteFile(path, c.file, 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Read(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path+": ") ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line with %q", c.name, err, c.want)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error for a file that is not there")
	}
}

func TestEncodeErrors(t *testing.T) {
	a := Float32("a", []int{2}, []float32{1, 2})
	for want, f := range map[string]*File{
		`tensor "a": want a name`:               {Tensors: []Tensor{a, a}},
		`tensor "__metadata__": want a name`:    {Tensors: []Tensor{Float32(metadataKey, nil, []float32{1})}},
		`tensor "\xff": want a name`:            {Tensors: []Tensor{Float32("\xff", nil, []float32{1})}},
		`tensor "b": data: got 4 bytes, want 8`: {Tensors: []Tensor{Float32("b", []int{2}, []float32{1})}},
		`tensor "b": shape: got [-1]`:           {Tensors: []Tensor{Float32("b", []int{-1}, nil)}},
		`tensor "b": dtype: got "F7"`:           {Tensors: []Tensor{{Name: "b", DType: "F7"}}},
		`metadata "k": got "\xff"`:              {Metadata: map[string]string{"k": "\xff"}},
	} {
		if _, err := f.Encode(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestConversions(t *testing.T) {
	same := math.Float32frombits(0x7fa00001) // a signalling NaN
	v, err := Float32("x", []int{2}, []float32{same, 0.1}).Float32s()
	if err != nil || math.Float32bits(v[0]) != 0x7fa00001 || v[1] != 0.1 {
		t.Errorf("got %v, %v", v, err)
	}
	v, err = Float64("x", []int{3}, []float64{0.1, math.Inf(1), -1e-60}).Float32s()
	if err != nil || v[0] != 0.1 || !math.IsInf(float64(v[1]), 1) || v[2] != 0 {
		t.Errorf("got %v, %v", v, err)
	}
	if v, err = Float64("x", []int{2}, []float64{0, 1e39}).Float32s(); err == nil ||
		!strings.Contains(err.Error(), "element 1: got 1e+39") {
		t.Errorf("1e39 as float32: got %v, %v", v, err)
	}
	if n, err := Int64("n", []int{2}, []int64{math.MinInt64, math.MaxInt64}).Int64s(); err != nil ||
		n[0] != math.MinInt64 || n[1] != math.MaxInt64 {
		t.Errorf("got %v, %v", n, err)
	}
	if _, err := Float32("x", nil, []float32{1}).Int64s(); err == nil {
		t.Error("no error for float32 as int64")
	}
	if _, err := (Tensor{Name: "x", DType: F32, Shape: []int{2}}).Float64s(); err == nil {
		t.Error("no error for a tensor without its data")
	}
	for dtype, want := range map[DType]float64{
		I8: -1, U8: 255, I16: -1, U16: 65535, I32: -1, U32: math.MaxUint32, I64: -1,
		U64: math.MaxUint64,
	} {
		x := Tensor{"x", dtype, nil, bytes.Repeat([]byte{255}, dtype.Size())}
		if v, err := x.Float64s(); err != nil || v[0] != want {
			t.Errorf("%s of all bits set: got %v, %v, want %v", dtype, v, err, want)
		}
	}
}

func files() *rapid.Generator[*File] {
	tensor := rapid.Custom(func(t *rapid.T) Tensor {
		x := Tensor{
			DType: rapid.SampledFrom(dtypes).Draw(t, "dtype"),
			Shape: rapid.SliceOfN(rapid.IntRange(0, 4), 0, 4).Draw(t, "shape"),
		}
		n := x.DType.Size()
		for _, d := range x.Shape {
			n *= d
		}
		x.Data = rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "data")
		return x
	})
	return rapid.Custom(func(t *rapid.T) *File {
		f := &File{Metadata: rapid.MapOfN(rapid.String(), rapid.String(), 0, 4).Draw(t, "metadata")}
		names := rapid.SliceOfNDistinct(rapid.StringN(0, 8, -1), 0, 8, rapid.ID[string]).Draw(t, "names")
		for _, name := range names {
			x := tensor.Draw(t, "tensor")
			x.Name = name
			f.Tensors = append(f.Tensors, x)
		}
		return f
	})
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := files().Draw(t, "file")
		b, err := f.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if n := binary.LittleEndian.Uint64(b); n%8 != 0 {
			t.Fatalf("header of %d bytes is not aligned", n)
		}
		got, err := Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Tensors) != len(f.Tensors) || len(f.Metadata) > 0 && !cmp.Equal(got.Metadata, f.Metadata) {
			t.Fatalf("got %v, want %v", got, f)
		}
		for i, want := range f.Tensors {
			x, ok := got.Lookup(want.Name)
			if !ok || x.DType != want.DType || fmt.Sprint(x.Shape) != fmt.Sprint(want.Shape) || !bytes.Equal(x.Data, want.Data) {
				t.Fatalf("tensor %d: got %v, want %v", i, x, want)
			}
			if i > 0 && got.Tensors[i].DType.Size() > got.Tensors[i-1].DType.Size() {
				t.Fatalf("tensor %d has larger elements than the one before", i)
			}
		}
		again, err := got.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written again: %v\ngot  %q\nwant %q", err, again, b)
		}

		// A reader by other people sees the same.
		st, err := other.Deserialize(b)
		if err != nil || st.Len() != len(f.Tensors) {
			t.Fatalf("nlpodyssey/safetensors: %d tensors, %v, of %q", st.Len(), err, b)
		}
		for _, want := range f.Tensors {
			x, ok := st.Tensor(want.Name)
			if !ok || x.DType().String() != string(want.DType) || fmt.Sprint(x.Shape()) != fmt.Sprint(want.Shape) ||
				!bytes.Equal(x.Data(), want.Data) {
				t.Fatalf("nlpodyssey/safetensors: got %v, want %v", x, want)
			}
		}
	})
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.safetensors")
	old := &File{Tensors: []Tensor{Float32("a", []int{2}, []float32{1, 2})}}
	if err := Write(path, old); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, old); err != nil { // over the one before
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}

	bad := &File{Tensors: []Tensor{{Name: "a"}}}
	if err := Write(path, bad); err == nil || !strings.HasPrefix(err.Error(), path+": tensor") {
		t.Errorf("a bad tensor: got %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file changed: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("got %v, want one file: %v", entries, err)
	}
	if err := Write(filepath.Join(dir, "none", "x"), old); err == nil {
		t.Error("no error for a folder that is not there")
	}
	if err := Write(dir, old); err == nil {
		t.Error("no error for a folder as file")
	}
}

func FuzzParse(f *testing.F) {
	small, _ := (&File{
		Tensors:  []Tensor{Float32("a.weight", []int{2, 1}, []float32{1, 2}), Int64("n", nil, []int64{3})},
		Metadata: map[string]string{"k": "v"},
	}).Encode()
	pytorch, err := os.ReadFile(filepath.Join("testdata", "pytorch.safetensors"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		nil, small, small[:30], pytorch, file("{}", 0), file(` {"a":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]}} `, 3),
		file(`{"a":{"dtype":"F32","shape":[0,4611686018427387904,16],"data_offsets":[0,0]}}`, 0),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var x *File
		var err error
		limittest.Small.Run(t, "tensors", func() { x, err = Parse(b) })
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		for _, tensor := range x.Tensors {
			if _, err := tensor.Float64s(); (err == nil) != tensor.DType.Numeric() {
				t.Fatal(err)
			}
		}
		again, err := x.Encode()
		if err != nil {
			t.Fatalf("what was read is not written: %v", err)
		}
		if _, err := Parse(again); err != nil {
			t.Fatalf("what was written is not read: %v", err)
		}
	})
}
