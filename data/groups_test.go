package data_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"anneal/data"
)

// A set with groups, also a part or the beginning of one, is divided by whole groups: each sample is in one part, no
// group is in two, and the same seed gives the same parts.
func TestGrouper(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(8, 60).Draw(r, "samples")
		x, groups := make([]float32, n+5), rapid.SliceOfN(rapid.Int32Range(0, 9), n+5, n+5).Draw(r, "groups")
		for i := range x {
			x[i] = float32(i)
		}
		for i := range int32(4) {
			groups[i] = 10 + i // four at least
		}
		whole, err := data.NewTensors(data.Floats(data.XName, x), data.Ints(data.LabelsName, make([]int32, n+5)))
		if err != nil {
			r.Fatal(err)
		}
		set, err := data.Limit(whole.WithGroups(groups), n)
		if err != nil || !slices.Equal(data.GroupsOf(set), groups[:n]) {
			r.Fatalf("got groups %v, %v", data.GroupsOf(set), err)
		}
		seed := rapid.Uint64().Draw(r, "seed")
		apart := func(parts ...data.Dataset) {
			complete(r, n, parts...)
			in := make(map[int32]int)
			for k, p := range parts {
				samples, _ := contents(p)
				for at, i := range samples {
					if data.GroupsOf(p)[at] != groups[i] {
						r.Fatalf("sample %d: got group %d, want %d", i, data.GroupsOf(p)[at], groups[i])
					}
					if was, ok := in[groups[i]]; ok && was != k {
						r.Fatalf("group %d is in parts %d and %d", groups[i], was, k)
					}
					in[groups[i]] = k
				}
			}
		}
		train, valid, err := data.Split(set, 0.25, seed)
		if err != nil {
			r.Fatal(err)
		}
		apart(train, valid)
		_, again, _ := data.Split(set, 0.25, seed)
		a, _ := contents(valid)
		if b, _ := contents(again); !slices.Equal(a, b) {
			r.Fatalf("the same seed gives %v and %v", a, b)
		}
		var held []data.Dataset
		for _, fold := range []string{"1/3", "2/3", "3/3"} {
			train, valid, err := data.TakeFold(set, fold, seed)
			if err != nil {
				r.Fatal(err)
			}
			apart(train, valid)
			held = append(held, valid)
		}
		apart(held...)
		if parts, err := data.Partition(set, seed, 1, 1); err == nil {
			apart(parts...)
		}
	})
}
