package stream

import (
	"fmt"
	"testing"
)

// The numbers of a stream are part of every recorded run: a change here makes all of them unrepeatable.
func TestGolden(t *testing.T) {
	got := func(seed uint64, path ...string) string {
		r := New(seed, path...)
		return fmt.Sprintf("%d %d %v %.6f %.6f", r.Uint64(), r.IntN(1000), r.Perm(5), r.Float64(), r.NormFloat64())
	}
	for _, c := range []struct {
		seed uint64
		path []string
		want string
	}{
		{0, nil, "8597071281624509256 363 [2 3 4 1 0] 0.696944 0.112791"},
		{1, []string{"shuffle", "1"}, "11556576937710489288 28 [3 2 1 0 4] 0.464124 1.379109"},
		{1, []string{"shuffle", "2"}, "14203739782479079281 21 [3 2 1 4 0] 0.965010 -1.215818"},
		{1<<64 - 1, []string{"init", "conv1.weight"}, "2874834436905066571 682 [2 1 3 0 4] 0.456134 1.382747"},
	} {
		if g := got(c.seed, c.path...); g != c.want {
			t.Errorf("New(%d, %q)\n got %s\nwant %s", c.seed, c.path, g, c.want)
		}
	}
}

func TestPathsAreUnambiguous(t *testing.T) {
	seen := map[uint64][]string{}
	for _, path := range [][]string{
		nil,
		{""},
		{"", ""},
		{"ab"},
		{"a", "b"},
		{"", "ab"},
		{"ab", ""},
		{"a\x00b"},
		{"1", "11"},
		{"11", "1"},
	} {
		v := New(7, path...).Uint64()
		if other, ok := seen[v]; ok {
			t.Errorf("%q and %q give the same stream", path, other)
		}
		seen[v] = path
	}
	if New(7, "a").Uint64() == New(8, "a").Uint64() {
		t.Error("the seed does not matter")
	}
}
