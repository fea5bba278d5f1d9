package torchfile

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anneal/internal/limittest"
	"anneal/internal/safetensors"
)

// The reader returns what PyTorch saved: types, names, order, shapes, and the elements whatever the strides and the
// byte order.
func TestReadPyTorch(t *testing.T) {
	files := map[string][][4]any{}
	for _, name := range []string{"expected.json", "expected214.json"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &files); err != nil {
			t.Fatal(err)
		}
	}
	if len(files) != 19 {
		t.Errorf("%d files", len(files))
	}
	for name, want := range files {
		f, err := read(filepath.Join("testdata", name))
		if err != nil {
			t.Error(err)
			continue
		}
		if len(f.Tensors) != len(want) {
			t.Errorf("%s: %d tensors, want %d", name, len(f.Tensors), len(want))
			continue
		}
		for i, x := range f.Tensors {
			got := fmt.Sprint(x.Name, x.DType, x.Shape, hex.EncodeToString(x.Data))
			if want := fmt.Sprint(want[i][0], want[i][1], want[i][2], want[i][3]); got != want {
				t.Errorf("%s, tensor %d:\ngot  %s\nwant %s", name, i, got, want)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for file, want := range map[string]string{
		"legacy_module.pt": `GLOBAL: "torch.nn.modules.linear.Linear" is refused, a state dict has none`,
		"module.pt": `GLOBAL: "torch.nn.modules.linear.Linear" is refused, ` +
			"a state dict has none: save model.state_dict()",
		"tensor.pt":     "it holds a tensor, want a dict of tensors",
		"expected.json": "not a file of torch.save",
		"missing.pt":    "no such file",
	} {
		_, err := read(filepath.Join("testdata", file))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}

// read returns the first dict in a file; see first.
func read(path string) (*safetensors.File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := first(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// first returns the first dict in a file. If it holds anything else, first returns an error.
func first(b []byte) (*safetensors.File, error) {
	dicts, err := Parse(b)
	if err != nil {
		return nil, err
	}
	if others := dicts[0].Others; len(others) > 0 {
		return nil, fmt.Errorf("%q is %s", others[0].Name, others[0].Is)
	}
	return &safetensors.File{Tensors: dicts[0].Tensors}, nil
}

// record is an entry of a zip file.
type record struct {
	name, data string
	method     uint16
}

func pack(t testing.TB, records ...record) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, r := range records {
		w, err := z.CreateHeader(&zip.FileHeader{Name: r.name, Method: r.method})
		if err == nil {
			_, err = w.Write([]byte(r.data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The parts of a pickle, as torch.save writes them.
func named(name string) string    { return "c" + strings.Replace(name, ".", "\n", 1) + "\n" }
func text(s string) string        { return fmt.Sprintf("X%c\x00\x00\x00%s", len(s), s) }
func list(parts ...string) string { return "(" + strings.Join(parts, "") + "t" }
func short(n int) string          { return fmt.Sprintf("M%c%c", byte(n), byte(n>>8)) }

func TestErrors(t *testing.T) {
	const rebuilder, hooks = "ctorch._utils\n_rebuild_tensor_v2\n", "ccollections\nOrderedDict\n)R"
	id := func(kind string, count int) string {
		return list(text("storage"), named("torch."+kind), text("0"), text("cpu"), short(count)) + "Q"
	}
	view := func(offset, shape, stride string) string {
		return rebuilder + list(id("FloatStorage", 4), offset, shape, stride, "\x89", hooks) + "R"
	}
	state := func(value string) string { return "\x80\x02}" + text("w") + value + "s." }
	file := func(pickle string) []byte {
		return pack(t, record{name: "a/data.pkl", data: pickle},
			record{name: "a/data/0", data: strings.Repeat("\x00\x00\x80?", 4)})
	}
	big := func(n int) string { return fmt.Sprintf("\x8a\x08%c%c%c%c%c%c%c\x7f", n, n, n, n, n, n, n) }
	if f, err := first(file(state(view("K\x01", list("K\x03"), list("K\x01"))))); err != nil || len(f.Tensors) != 1 ||
		len(f.Tensors[0].Data) != 12 {
		t.Fatal(f, err)
	}
	if f, err := first(file(state(view("K\x00", "K\x03\x85", "K\x00\x85")))); err != nil || len(f.Tensors[0].Data) != 12 {
		t.Fatal(f, err)
	}
	few := state(view("K\x01", list("K\x03"), list("K\x01")))
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "not a file of torch.save", nil},
		{"no pickle", "a zip file without data.pkl", pack(t, record{name: "word/document.xml"})},
		{"deep pickle", "a zip file without data.pkl", pack(t, record{name: "a/b/data.pkl"})},
		{"two pickles", "want one data.pkl", pack(t, record{name: "a/data.pkl"}, record{name: "b/data.pkl"})},
		{"record twice", `record "a/data.pkl": given twice`, pack(t, record{name: "a/data.pkl"}, record{name: "a/data.pkl"})},
		{
			"compressed", `record "a/data.pkl": compressed`,
			pack(t, record{"a/data.pkl", strings.Repeat("x", 1000), zip.Deflate}),
		},
		{"long pickle", "want at most 4194304", pack(t, record{name: "a/data.pkl", data: strings.Repeat("}", maxPickle+1)})},
		{
			"byte order", "want little or big",
			pack(t, record{name: "a/data.pkl", data: few}, record{name: "a/byteorder", data: "middle"}),
		},
		{"no storage", `record "a/data/0": the file has none`, pack(t, record{name: "a/data.pkl", data: few})},
		{
			"short storage", "4 elements of F32 in 15 bytes",
			pack(t, record{name: "a/data.pkl", data: few}, record{name: "a/data/0", data: strings.Repeat("x", 15)}),
		},
		{
			"long storage", "4 elements of F32 in 20 bytes",
			pack(t, record{name: "a/data.pkl", data: few}, record{name: "a/data/0", data: strings.Repeat("x", 20)}),
		},

		{"no opcode", "the pickle ends after 0 bytes", file("")},
		{"no stop", "the pickle ends after 3 bytes", file("\x80\x02}")},
		{"after stop", "STOP at byte 3 of 5", file("\x80\x02}.}")},
		{"two values", "with 2 values", file("\x80\x02}}.")},
		{"no value", "with 0 values", file("\x80\x02.")},
		{"open mark", "STOP at byte", file("\x80\x02}(.")},
		{"no mark", "no mark on the stack", file("\x80\x02t.")},
		{"below the mark", "0 values on the stack, want 1", file("\x80\x02K\x01(\x85.")},
		{"empty stack", "BUILD: 0 values on the stack, want 1", file("\x80\x02b.")},
		{"code", `GLOBAL: "os.system" is refused`, file("\x80\x02cos\nsystem\n" + list(text("true")) + "R.")},
		{"evaluation", `GLOBAL: "builtins.eval" is refused`, file("\x80\x02cbuiltins\neval\n.")},
		{
			"other module", `GLOBAL: "torch.storage._load_from_bytes" is refused`,
			file("\x80\x02ctorch.storage\n_load_from_bytes\n."),
		},
		{"complex", `"torch.ComplexFloatStorage" is refused`, file(state(id("ComplexFloatStorage", 1)))},
		{"global cut", "want two lines", file("\x80\x02ctorch")},
		{"object", "byte 2, NEWOBJ: 0 values on the stack", file("\x80\x02\x81.")},
		{"instance", "INST: refused", file("\x80\x02i.")},
		{"frame", "FRAME: the pickle ends", file("\x80\x02\x95.")},
		{"list", "it holds a list, want a dict", file("\x80\x02].")},
		{"no such opcode", "opcode 0xff: refused", file("\x80\x02\xff.")},
		{"call a type", "torch.FloatStorage is not a function", file("\x80\x02ctorch\nFloatStorage\n)R.")},
		{"call a number", "REDUCE: got a number, want a function or type", file("\x80\x02K\x01)R.")},
		{"arguments", "OrderedDict: got 1 value, want 0", file("\x80\x02ccollections\nOrderedDict\nK\x01\x85R.")},
		{"build a number", "BUILD: got a number, want a dict", file("\x80\x02K\x01}b.")},
		{"item of a number", "SETITEM: got a number, want a dict", file("\x80\x02K\x01" + text("a") + "K\x01s.")},
		{"odd items", "SETITEMS: 1 keys and values", file("\x80\x02}(" + text("a") + "u.")},
		{"number as key", "a key is a number, want text", file("\x80\x02}K\x01K\x01s.")},
		{"key twice", `key "a": given twice`, file("\x80\x02}(" + text("a") + "K\x01" + text("a") + "K\x02u.")},
		{"memo", "memo 7: never put", file("\x80\x02h\x07.")},
		{"long memo", "memo 16777216: never put", file("\x80\x02j\x00\x00\x00\x01.")},
		{"text cut", "BINUNICODE: the pickle ends", file("\x80\x02X\xff\xff\xff\xffabc.")},
		{"not UTF-8", "want text in UTF-8", file("\x80\x02}" + text("\xff\xfe") + "K\x01s.")},
		{"long number", "a number of 9 bytes", file("\x80\x02\x8a\x09123456789.")},

		{"not a dict", "it holds a tuple", file("\x80\x02).")},
		{"no tensor", `"w" is a dict, want a tensor`, file(state("}"))},
		{"a storage", `"w" is a storage, want a tensor`, file(state(id("FloatStorage", 4)))},
		{"id is text", "BINPERSID: got text, want a tuple", file("\x80\x02" + text("0") + "Q.")},
		{
			"id of 4", "persistent id: got 4 values, want 5",
			file("\x80\x02" + list(text("storage"), named("torch.FloatStorage"), text("0"), text("cpu")) + "Q."),
		},
		{
			"id of a function", "want a storage",
			file("\x80\x02" + list(text("storage"), rebuilder, text("0"), text("cpu"), "K\x04") + "Q."),
		},
		{
			"module id", `got "module"`,
			file("\x80\x02" + list(text("module"), named("torch.FloatStorage"), text("0"), text("cpu"), "K\x04") + "Q."),
		},
		{"count", "3 elements of F32 in 16 bytes", file(state(id("FloatStorage", 3)))},
		{"type", "4 elements of F64 in 16 bytes", file(state(id("DoubleStorage", 4)))},
		{
			"two types", "2 elements of F64 in 16 bytes",
			file("\x80\x02" + list(id("FloatStorage", 4), id("DoubleStorage", 2)) + "."),
		},
		{"ranks", "2 sizes and 1 strides", file(state(view("K\x00", list("K\x01", "K\x01"), list("K\x01"))))},
		{
			"many ranks", "17 sizes",
			file(state(view("K\x00", list(strings.Repeat("K\x01", 17)), list(strings.Repeat("K\x01", 17))))),
		},
		{"size is text", "value 1: got text, want a number", file(state(view("K\x00", list(text("1")), list("K\x01"))))},
		{"offset negative", "offset -1", file(state(view("J\xff\xff\xff\xff", list("K\x01"), list("K\x01"))))},
		{"size negative", "want none negative", file(state(view("K\x00", list("\x8a\x01\xff"), list("K\x01"))))},
		{"stride negative", "want none negative", file(state(view("K\x03", list("K\x02"), list("\x8a\x01\xff"))))},
		{"offset beyond", "storage's 4 elements", file(state(view("K\x04", list(), list())))},
		{"size beyond", "storage's 4 elements", file(state(view("K\x01", list("K\x04"), list("K\x01"))))},
		{"stride beyond", "storage's 4 elements", file(state(view("K\x00", list("K\x02"), list("K\x04"))))},
		{"both beyond", "storage's 4 elements", file(state(view("K\x00", list("K\x02", "K\x03"), list("K\x02", "K\x01"))))},
		{"size wraps", "storage's 4 elements", file(state(view("K\x00", list(big(1)), list(big(1)))))},
		{
			"sizes wrap", "storage's 4 elements",
			file(state(view("K\x00", list(big(1), big(2), "K\x02"), list("K\x01", "K\x01", "K\x01")))),
		},
		{
			"expanded without end", "fewer repeated elements",
			file(state(view("K\x00", list(big(1), big(2)), list("K\x00", "K\x00")))),
		},
		{"expanded", "fewer repeated elements", file(state(view("K\x00", list("J\x00\x00\x10\x00"), list("K\x00"))))},
	} {
		f, err := first(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v %v, want %q", c.name, f, err, c.want)
		}
	}
}

// A byte that is flipped anywhere in a file is found, or changes nothing.
func TestDamage(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "model.pt"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := first(bytes.Clone(b))
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		for _, flip := range []byte{1, 0xff} {
			b[i] ^= flip
			if got, err := first(b); err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("byte %d ^ %#x: unnoticed", i, flip)
			}
			b[i] ^= flip
		}
		if _, err := first(b[:i]); err == nil {
			t.Errorf("the first %d of %d bytes: no error", i, len(b))
		}
	}
}

func check(t *testing.T, tensors []safetensors.Tensor) {
	t.Helper()
	for _, x := range tensors {
		if _, err := x.Float64s(); err != nil {
			t.Error(err)
		}
	}
}

func seeds(f *testing.F, add func(b []byte)) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.pt"))
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		add(b)
	}
}

func FuzzParse(f *testing.F) {
	seeds(f, func(b []byte) { f.Add(b) })
	f.Fuzz(func(t *testing.T, b []byte) {
		var found []*Dict
		var err error
		limittest.Small.Run(t, "tensors", func() { found, err = Parse(b) })
		if err != nil {
			limittest.OneLine(t, err)
			return
		}
		for _, d := range found {
			check(t, d.Tensors)
		}
	})
}

// FuzzPickle gets behind the CRC-32: the storages are views.pt's.
func FuzzPickle(f *testing.F) {
	seeds(f, func(b []byte) {
		a, err := open(b)
		if err != nil {
			return // of PyTorch before 1.6
		}
		pickle, err := a.record(a.pickle)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(pickle)
	})
	views, err := os.ReadFile(filepath.Join("testdata", "views.pt"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, pickle []byte) {
		a, err := open(views)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newStorages(a)
		if err != nil {
			t.Fatal(err)
		}
		var found []*Dict
		limittest.Small.Run(t, "a pickle", func() {
			var value any
			if value, _, err = unpickle(pickle, s.load); err == nil {
				found, err = dicts(value, &copier{room: 1 << 16})
			}
		})
		limittest.OneLine(t, err)
		if err != nil {
			return
		}
		for _, d := range found {
			check(t, d.Tensors)
		}
	})
}
