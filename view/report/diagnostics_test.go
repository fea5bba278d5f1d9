package report

import (
	"slices"
	"testing"

	"anneal/runs"
)

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
