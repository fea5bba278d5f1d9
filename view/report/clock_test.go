package report

import (
	"reflect"
	"testing"

	"anneal/runs"
)

// The clock of a setting has the means of its seeds' seconds. What does not rise is left out.
func TestClocks(t *testing.T) {
	run := func(name string, seconds ...float64) Run {
		r := Run{Name: name}
		for i, s := range seconds {
			r.Epochs = append(r.Epochs, runs.Epoch{Epoch: i + 1, Step: 10 * (i + 1), TrainSeconds: s, TestSeconds: s})
		}
		return r
	}
	got := clocks([]Run{run("a", 1, 2), run("a", 3), run("b", 0, 0), {Name: "c"}})
	want := []clock{
		{Name: "a", X: numbers{0, 1, 2}, Step: numbers{0, 10, 20}, Seconds: numbers{0, 4, 8}},
		{Name: "b", X: numbers{0, 1, 2}, Step: numbers{0, 10, 20}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if one := clocks([]Run{run("a", 1)}); len(one) != 1 || one[0].Name != "" {
		t.Errorf("got %+v, want a clock of all lines", one)
	}
}
