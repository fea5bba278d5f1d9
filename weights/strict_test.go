package weights_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/runs"
	"anneal/weights"
)

// documented lists the state dicts that PyTorch takes with a loss that it does not tell of, or only warns about, and
// Load refuses.
var documented = map[string]string{
	"complex":        `"torch.ComplexFloatStorage" is refused`,
	"beyond_float32": "got 1e+300, want a number that float32 can hold",
	"counter_nan":    "got NaN, want a number that int64 can hold",
}

// counterless lists the files without the counter that PyTorch takes.
var counterless = []string{
	"no_counter_no_versions", "no_counter_version_1", "no_counter_empty_versions", "module_no_counter",
}

// unzip writes the files of strict.zip into a folder, without an extension that would say what they are.
func unzip(t *testing.T) string {
	t.Helper()
	z, err := zip.OpenReader("testdata/strict.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir := t.TempDir()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, f.Name), b, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ptParams returns new parameters of the network whose state dicts strict.zip holds.
func ptParams(t *testing.T) *graph.Params {
	t.Helper()
	params := graph.NewParams(3, tensor.Float32)
	if _, err := graph.Compile(ptModel(3), params,
		graph.Config{Mode: graph.Eval, Shape: tensor.Shape{1, 1, 4, 4}}); err != nil {
		t.Fatal(err)
	}
	return params
}

// Load takes what a strict load_state_dict of PyTorch 2.14 takes, with the same values, and refuses what that refuses.
// It does so too for what PyTorch's wrappers save, and for checkpoints.
func TestLoadIsStrictAsPyTorch(t *testing.T) {
	dir := unzip(t)
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]map[string][2][]any // name of a file → name of a tensor → shape, values
	if err := json.Unmarshal(b, &expected); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files", len(expected))
	if len(expected) < 80 {
		t.Errorf("%d files", len(expected))
	}
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		params := ptParams(t)
		before := map[string][]float64{}
		for _, p := range params.All() {
			before[p.Name()] = bits(p.Value())
		}
		err := weights.Load(filepath.Join(dir, name), params)
		want := expected[name]
		if text, ok := documented[name]; ok {
			want = nil
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%s: got %v, want %s", name, err, text)
			}
		}
		if (want == nil) != (err != nil) {
			t.Errorf("%s: got %v, PyTorch takes it: %v", name, err, want != nil)
			continue
		}
		for _, p := range params.All() {
			got := bits(p.Value())
			if want == nil {
				if !slices.Equal(got, before[p.Name()]) {
					t.Errorf("%s: %s changed", name, p.Name())
				}
				continue
			}
			if p.Name() == "conv_bn.num_batches_tracked" && slices.Contains(counterless, name) {
				if got[0] != 0 { // as before; Python's network has had 3 batches
					t.Errorf("%s: got %v", name, got)
				}
				continue
			}
			values := want[p.Name()][1]
			if len(got) != len(values) {
				t.Errorf("%s: %s: got %v, want %v", name, p.Name(), got, values)
				continue
			}
			for i, v := range values {
				w, ok := v.(float64)
				if !ok {
					w = map[any]float64{"nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1)}[v]
				}
				same := got[i] == w && math.Signbit(got[i]) == math.Signbit(w)
				if !same && !(math.IsNaN(w) && math.IsNaN(got[i])) {
					t.Errorf("%s: %s[%d]: got %v, want %v", name, p.Name(), i, got[i], w)
				}
			}
		}
	}
}

// What was left out of names, and where the weights were, is told.
func TestLoadTellsWhatItReadWithout(t *testing.T) {
	dir := unzip(t)
	for name, want := range map[string]runs.Loaded{
		"base":                   {},
		"module":                 {Prefix: "module."},
		"n_averaged":             {Prefix: "module."},
		"orig_mod":               {Prefix: "_orig_mod."},
		"module_orig_mod":        {Prefix: "module._orig_mod."},
		"orig_mod_module":        {Prefix: "_orig_mod.module."},
		"averaged_orig_mod":      {Prefix: "module._orig_mod."},
		"inner_orig_mod":         {Prefix: "_orig_mod."},
		"net":                    {Prefix: "net."},
		"net_orig_mod":           {Prefix: "module.net._orig_mod."},
		"in_state_dict":          {Dict: "state_dict"},
		"in_module":              {Dict: "state_dict", Prefix: "module."},
		"in_lightning":           {Dict: "state_dict", Prefix: "model."},
		"in_two":                 {Dict: "a/b"},
		"in_tuple":               {Dict: "0"},
		"no_counter_no_versions": {Absent: []string{"conv_bn.num_batches_tracked"}},
		"module_no_counter":      {Prefix: "module.", Absent: []string{"conv_bn.num_batches_tracked"}},
	} {
		got, err := weights.LoadPart(filepath.Join(dir, name), ptParams(t), nil, nil)
		if err != nil || got.Dict != want.Dict || got.Prefix != want.Prefix || !slices.Equal(got.Absent, want.Absent) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
}
