package table

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anneal/data"
)

// The rows of a group are in the test or not, together, and the column is no input.
func TestGroups(t *testing.T) {
	var b strings.Builder
	b.WriteString("patient,x,y\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "p%d,%d,%d.5\n", i%1500, i, i) // more than a column of categories may have
	}
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "visits.csv"), b.String())
	o := Options{Target: "y", Groups: "patient", Test: 0.2, Seed: 4}
	sets, err := Load(file, o)
	if err != nil {
		t.Fatal(err)
	}
	train, test := data.GroupsOf(sets.Train), data.GroupsOf(sets.Test)
	if len(train) != 2400 || len(test) != 600 || len(data.FactsOf(sets.Train).Columns) != 1 {
		t.Fatalf("got %d and %d rows, columns %v", len(train), len(test), data.FactsOf(sets.Train).Columns)
	}
	seen := map[int32]int{}
	for _, g := range train {
		seen[g]++
	}
	for _, g := range test {
		if seen[g] > 0 {
			t.Fatalf("group %d is on both sides", g)
		}
	}
	for g, n := range seen {
		if n != 2 {
			t.Fatalf("group %d: got %d rows, want 2", g, n)
		}
	}
	again, err := Load(file, o)
	if err != nil || !slices.Equal(data.GroupsOf(again.Test), test) {
		t.Errorf("the same seed gives another test part, %v", err)
	}
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"unknown": {
			func(o *Options) { o.Groups = "doctor" },
			`groups: there is no column "doctor": want one of patient, x, y`,
		},
		"target": {func(o *Options) { o.Groups = "y" }, "groups: got y, the target: want another column"},
	} {
		bad := o
		c.change(&bad)
		if _, err := Load(file, bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestGroupsOfFiles(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "gap.csv"), "g,x,y\na,1,1.5\n,2,2.5\nb,3,3.5\n")
	_, err := Load(file, Options{Target: "y", Groups: "g", Task: Numbers, Test: 0.5})
	if err == nil || !strings.Contains(err.Error(), "line 3: column g: got nothing, want the group") {
		t.Errorf("no group: got %v", err)
	}
	sets, err := Load(file, Options{Target: "y", Groups: "g", Task: Numbers, Test: 0.5, SkipBad: true})
	if err != nil || sets.Skipped != 1 || sets.Train.Len() != 1 || sets.Test.Len() != 1 {
		t.Errorf("bad rows left out: got %+v, %v", sets, err)
	}
	one := write(t, filepath.Join(dir, "one.csv"), "g,x,y\na,1,1.5\na,2,2.5\n")
	_, err = Load(one, Options{Target: "y", Groups: "g", Task: Numbers, Test: 0.5})
	if err == nil || !strings.Contains(err.Error(), "groups by column g: data: groups: got 1, want at least 2") {
		t.Errorf("one group: got %v", err)
	}
	write(t, filepath.Join(dir, "train.csv"), "g,x,y\na,1,1.5\nb,2,2.5\n")
	write(t, filepath.Join(dir, "test.csv"), "g,x,y\na,1,1.5\nc,2,2.5\n")
	sets, err = Load(dir, Options{Target: "y", Groups: "g", Task: Numbers})
	want := "1 of the 3 groups by column g have rows in more than one of the files"
	if err != nil || !slices.Contains(sets.Notes, want) || sets.Train.Len() != 2 {
		t.Errorf("shared groups: got %+v, %v", sets, err)
	}
}
