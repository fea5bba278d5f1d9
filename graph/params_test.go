package graph

import "testing"

func TestParamLayer(t *testing.T) {
	for name, want := range map[string]string{
		"conv1.weight": "conv1", "block.2.conv.bias": "block.2.conv", "scale": "scale", ".odd": ".odd",
	} {
		if got := (&Param{name: name}).Layer(); got != want {
			t.Errorf("%s is of layer %q, want %q", name, got, want)
		}
	}
}
