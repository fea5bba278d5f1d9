package models

import (
	"slices"
	"strings"
	"testing"

	"anneal/graph"
)

// unregister takes the test's networks out of the registry again.
func unregister(t *testing.T) {
	was := slices.Clone(registry)
	t.Cleanup(func() { registry = was })
}

func TestRegister(t *testing.T) {
	unregister(t)
	own := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Linear("fc", b.Flatten(x), 10) }
	if err := Register("own-1.0", "one linear layer", own); err != nil {
		t.Fatal(err)
	}
	if _, err := Get("own-1.0"); err != nil {
		t.Error(err)
	}
	if !slices.Contains(Names(), "own-1.0") || !slices.IsSorted(Names()) {
		t.Errorf("names are %v", Names())
	}
	before := Names()
	for _, c := range []struct {
		name, about string
		draw        graph.Model
		want        string
	}{
		{"own-1.0", "again", own, `there is a model "own-1.0" already (one linear layer): want another name`},
		{"lenet", "mine", own, `there is a model "lenet" already`},
		{"", "nameless", own, `name "": want letters`},
		{"a,b", "a list", own, `name "a,b": want letters`},
		{"own2", "", own, `own2: about is "": want one line`},
		{"own2", "two\nlines", own, `own2: about is "two\nlines": want one line`},
		{"own2", "nothing", nil, "own2: want a function"},
	} {
		if err := Register(c.name, c.about, c.draw); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Register(%q, %q): got error %v, want it to say %q", c.name, c.about, err, c.want)
		}
	}
	if !slices.Equal(Names(), before) {
		t.Errorf("failed calls changed the names to %v", Names())
	}
}
