package torchfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, name string) []*Dict {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	found, err := Parse(b)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return found
}

func paths(found []*Dict) (list []string) {
	for _, d := range found {
		list = append(list, d.Path)
	}
	return list
}

// Whatever stands beside the weights, they are found, and nothing is called.
func TestDictsWithin(t *testing.T) {
	for name, want := range map[string][]string{
		"model.pt": {""}, "legacy.pt": {""}, "nested.pt": {"state_dict"}, "checkpoint.pt": {"model"},
	} {
		if got := paths(parse(t, name)); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"everything.pt", "everything4.pt", "legacy_everything.pt"} {
		found := parse(t, name)
		got := paths(found)
		if !slices.Contains(got, "state_dict") || !slices.Contains(got, "optimizer/state/0") {
			t.Errorf("%s: got %q", name, got)
		}
		state := found[slices.Index(got, "state_dict")]
		if len(state.Tensors) != 9 || len(state.Others) != 0 {
			t.Errorf("%s: got %v", name, state)
		}
		if got[0] != "" || len(found[0].Tensors) != 1 || len(found[0].Others) != 21 {
			t.Errorf("%s: the outermost has %d tensors and %d others", name, len(found[0].Tensors), len(found[0].Others))
		}
	}
}

func TestVersions(t *testing.T) {
	for _, name := range []string{"model.pt", "legacy.pt", "protocol5.pt"} {
		got := parse(t, name)[0].Versions
		if got["conv_bn"] != 2 || got["conv"] != 1 || len(got) != 5 {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// Python 2 writes text as bytes, and an OrderedDict with its pairs in a list; PyTorch before 0.4 has another function,
// and sizes of a type.
func TestPythonTwo(t *testing.T) {
	short := func(s string) string { return fmt.Sprintf("U%c%s", len(s), s) }
	storage := list(short("storage"), named("torch.FloatStorage"), short("7"), short("cpu"), "K\x04", "N") + "Q"
	sizes := "ctorch\nSize\n" + list("K\x02", "K\x02") + "\x85R"
	value := "ctorch._utils\n_rebuild_tensor\n" + list(storage, "K\x00", sizes, list("K\x01", "K\x02")) + "R"
	pickles := []string{
		"\x80\x02" + magic + ".", "\x80\x02M\xe9\x03.", "\x80\x02}" + short("little_endian") + "\x88s.",
		"\x80\x02ccollections\nOrderedDict\n](](" + short("w") + value + "ee\x85R}" +
			short("_metadata") + "}sb.",
		"\x80\x02](" + short("7") + "e.",
	}
	b := []byte(strings.Join(pickles, ""))
	b = binary.LittleEndian.AppendUint64(b, 4)
	for _, x := range []float32{1, 2, 3, 4} {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	f, err := first(b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Tensors[0].Float32s()
	if err != nil || f.Tensors[0].Name != "w" || !slices.Equal(got, []float32{1, 3, 2, 4}) {
		t.Errorf("got %v %v, %v", f, got, err)
	}
}

// A pickle that would run something is refused by name, wherever that is in it.
func TestHarmful(t *testing.T) {
	good := "ccollections\nOrderedDict\n)R"
	for name, global := range map[string]string{
		"os.system": "cos\nsystem\n", "posix.system": "cposix\nsystem\n", "builtins.exec": "c__builtin__\nexec\n",
		"subprocess.Popen": text("subprocess") + text("Popen") + "\x93", "os.path.join": "cos.path\njoin\n",
	} {
		pickle := "\x80\x02}(" + text("state_dict") + good + text("evil") + global + list(text("touch x")) + "Ru."
		_, err := Parse(pack(t, record{name: "a/data.pkl", data: pickle}))
		if want := fmt.Sprintf("%q is refused, it runs commands or code", name); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A pickle takes memory and time in proportion to its length, however its values stand in one another.
func TestBombs(t *testing.T) {
	wide := "\x80\x02)" + strings.Repeat("2\x86", 100_000) // tuples of the tuple before, twice
	deep := "\x80\x02" + strings.Repeat("]", 100_000)
	self := "\x80\x02]q\x00h\x00a."
	for name, pickle := range map[string]string{
		"wide": wide + ".", "deep": deep + strings.Repeat("a", 99_999) + ".", "self": self,
		"dict in itself": "\x80\x02}q\x00" + text("a") + "h\x00s.",
	} {
		start := time.Now()
		if found, err := Parse(pack(t, record{name: "a/data.pkl", data: pickle})); err == nil {
			t.Errorf("%s: got %v", name, found)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

// A file of PyTorch before 1.6 that is cut anywhere is refused; one with a changed byte is refused or read, in one
// piece.
func TestLegacyDamage(t *testing.T) {
	for _, name := range []string{"legacy.pt", "legacy_views.pt", "new_legacy_types4.pt", "legacy_everything.pt"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		every := 1 + len(b)/500
		for i := 0; i < len(b); i += every {
			for _, flip := range []byte{1, 0xff} {
				b[i] ^= flip
				if found, err := Parse(b); err == nil {
					for _, d := range found {
						check(t, d.Tensors)
					}
				} else if strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: byte %d: the error has several lines: %v", name, i, err)
				}
				b[i] ^= flip
			}
			if _, err := Parse(bytes.Clone(b[:i])); err == nil {
				t.Errorf("the first %d of %d bytes: no error", i, len(b))
			}
		}
		if _, err := Parse(append(bytes.Clone(b), 0)); err == nil || !strings.Contains(err.Error(), "1 byte after") {
			t.Errorf("a byte more: got %v", err)
		}
	}
}

func TestLegacyErrors(t *testing.T) {
	start := "\x80\x02" + magic + "."
	facts := start + "\x80\x02M\xe9\x03.\x80\x02}." // up to the value
	for want, file := range map[string]string{
		"a Python pickle that torch.save has not written":  "\x80\x02}.",
		"version: the pickle ends":                         start,
		"the format's version is a number, want 1001":      start + "\x80\x02K\x01.\x80\x02}.\x80\x02}.\x80\x02].",
		"the storages' keys are a dict, want a list":       facts + "\x80\x02}.\x80\x02}.",
		`storage "x": want one that the value has`:         facts + "\x80\x02}.\x80\x02]" + text("x") + "a.",
		"the key of a storage: got a number, want text":    facts + "\x80\x02}.\x80\x02]K\x01a.",
		"persistent id: got 5 values, want 6":              facts + "\x80\x02(NNNNNtQ.",
		"a part of another storage, as PyTorch before 0.4": facts + "\x80\x02(NNNNN)tQ.",
	} {
		if found, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v, want %q", found, err, want)
		}
	}
}
