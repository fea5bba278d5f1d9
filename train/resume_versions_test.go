package train

import (
	"strings"
	"testing"

	"anneal/runs"
)

// A resumed run says that the kernels are others only if they compute other bits.
func TestNewKernels(t *testing.T) {
	for _, c := range []struct {
		was, is string
		tells   bool
	}{
		{"avx512", "avx512", false},
		{"avx512", "avx2", false},
		{"avx2", "avx512", false},
		{"avx512", "generic", true},
		{"generic", "avx2", true},
		{"", "avx2", false}, // an older version of the program
	} {
		was := &runs.Record{Versions: map[string]string{"go": "go1.26", "kernels": c.was}}
		is := &runs.Record{Versions: map[string]string{"go": "go1.26", "kernels": c.is}}
		list := newVersions(was, is)
		if c.tells != (len(list) == 1 && strings.HasPrefix(list[0],
			"changed since the run began: kernels "+c.was+" → "+c.is+";")) ||
			!c.tells && list != nil {
			t.Errorf("%s, then %s: got %q", c.was, c.is, list)
		}
	}
	if versions()["kernels"] == "" {
		t.Error("versions do not name the kernels")
	}
}

// A run that began with PyTorch 1.13's NAdam goes on with that of PyTorch 2, and says so.
func TestNAdamSaysThatItChanged(t *testing.T) {
	was := &runs.Record{Versions: map[string]string{"go": "go1.26"}}
	is := &runs.Record{Versions: map[string]string{"go": "go1.26", nadamKey: "PyTorch 2's"}}
	if list := newVersions(was, is); len(list) != 1 || !strings.Contains(list[0], "NAdam as in PyTorch 1.13") {
		t.Errorf("got %q, want one line about NAdam", list)
	}
	if list := newVersions(is, is); list != nil {
		t.Errorf("got %q for a run that began so, want nothing", list)
	}
}
