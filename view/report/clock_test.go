package report

import (
	"reflect"
	"slices"
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

// Layers are in the order of their networks, also if the first one lacks some.
func TestLayers(t *testing.T) {
	network := func(names ...string) Run {
		var d runs.Diagnostics
		for _, name := range names {
			d.Layers = append(d.Layers, layer{Layer: name})
		}
		return Run{Run: runs.Run{Diagnostics: []runs.Diagnostics{d}}}
	}
	plain, bn := network("conv1", "conv2", "fc1", "fc2"), network("conv1", "conv1_bn", "conv2", "conv2_bn", "fc1", "fc2")
	want := []string{"conv1", "conv1_bn", "conv2", "conv2_bn", "fc1", "fc2"}
	for _, all := range [][]Run{{plain, bn}, {bn, plain}, {bn}} {
		if got := layers(all); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// A number that is not 0 never reads as if it were.
func TestSmallNumbers(t *testing.T) {
	for _, c := range []struct {
		got  Cell
		want string
	}{
		{Number("%.4f", 0.00001234), "1.2e-05"},
		{Number("%.4f", 0.1234), "0.1234"},
		{Number("%.4f", 0), "0.0000"},
		{Number("%.0f", 0), "0"},
		{Percent(0.9921), "99.21 %"},
		{Percent(0.00001), "0.001 %"},
	} {
		if c.got.Text != c.want {
			t.Errorf("got %s, want %s", c.got.Text, c.want)
		}
	}
}

// An axis has two labels at least.
func TestTwoLabels(t *testing.T) {
	for _, a := range []Axis{{}, {Log: true}, {Log: true, Share: true}} {
		for _, values := range [][]float64{
			{0.2}, {0.23, 0.24}, {0.101, 0.15}, {0.9913, 0.9921}, {0.5, 0.50001}, {1e-5}, {0.98, 0.985},
		} {
			s := a.labelled(a.wider(a.span(values)))
			labels := 0
			for _, tick := range (ticker{log: a.Log, share: a.Share}).Ticks(s.min, s.max) {
				if tick.Label != "" {
					labels++
				}
			}
			if labels < 2 {
				t.Errorf("%+v, %v: %d labels from %v to %v", a, values, labels, s.min, s.max)
			}
		}
	}
}
