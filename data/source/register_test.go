package source

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"anneal/data"
)

// unregister takes the test's sources out of the registry again.
func unregister(t *testing.T) {
	was := slices.Clone(registered.list)
	t.Cleanup(func() { registered.list = was })
}

// rows returns a source of n samples of one number, in two classes.
func rows(name string, n int, options ...string) Source {
	return Source{
		Name: name, About: "rows", Options: options,
		Load: func(_ context.Context, s Spec, _ *data.Facts) (*data.Sets, error) {
			x, labels := make([]float32, max(n, s.Length)), make([]int32, max(n, s.Length))
			for i := range x {
				x[i], labels[i] = float32(i), int32(i%2)
			}
			set, err := data.NewTensors(data.Floats("x", x), data.Ints("labels", labels))
			return &data.Sets{Train: set}, err
		},
	}
}

func TestRegister(t *testing.T) {
	unregister(t)
	if err := Register(rows("own-1.0", 10, "length")); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][2]int{
		"own-1.0": {8, 2}, "own-1.0?test=0.5": {5, 5}, "own-1.0?test=3&test_seed=2": {7, 3}, "own-1.0?length=20": {16, 4},
	} {
		spec, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		sets, err := Load(t.Context(), spec, nil)
		if err != nil || sets.Train.Len() != want[0] || sets.Test.Len() != want[1] || sets.From != "own-1.0" {
			t.Errorf("%s: got %+v, %v, want %v", text, sets, err, want)
		}
	}
	if !IsName("own-1.0") || !IsName("make_moons()") || IsName("own-1.1") || IsName("./own-1.0") {
		t.Error("IsName is wrong about own-1.0, make_moons(), own-1.1 or ./own-1.0")
	}
	failing := Source{
		Name: "failing", About: "no samples",
		Load: func(context.Context, Spec, *data.Facts) (*data.Sets, error) {
			return nil, errors.New("the server is down")
		},
	}
	empty := failing
	empty.Name, empty.Load = "empty", func(context.Context, Spec, *data.Facts) (*data.Sets, error) { return nil, nil }
	if err := errors.Join(Register(failing), Register(empty)); err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		"own-1.0?target=y": "there is no option target for the data set own-1.0: want one of test, test_seed, length",
		"failing":          "data failing: the server is down",
		"empty":            "data empty: its function returned no training samples: want Sets with Train",
		"own-1.1":          "no data set of that name: want a folder, a file, or one of empty, failing, own-1.0",
	} {
		s, err := Parse(spec)
		if err == nil {
			_, err = Load(t.Context(), s, nil)
		}
		if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(want, "no ")) {
			t.Errorf("%s: got %v, want %q", spec, err, want)
		}
	}
	before := Registered()
	nothing, two := rows("own2", 2), rows("own2", 2)
	nothing.Load, two.About = nil, "two\nlines"
	for want, s := range map[string]Source{
		`there is a data set "own-1.0" already (rows): want another name`: rows("own-1.0", 2),

		`name "a?b": want letters`:                      rows("a?b", 2),
		`name "": want letters`:                         rows("", 2),
		`own2: about is "two\nlines": want one line`:    two,
		`own2: there is no option "sise": want some of`: rows("own2", 2, "sise"),
		"own2: want a function that loads the samples":  nothing,
	} {
		if err := Register(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want it to say %q", s.Name, err, want)
		}
	}
	if len(Registered()) != len(before) {
		t.Errorf("failed calls changed the sources to %v", Registered())
	}
}
