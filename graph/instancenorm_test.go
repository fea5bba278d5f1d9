package graph

import (
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// An InstanceNorm with running statistics is no BatchNorm in evaluation either: Recalibrate would give it the
// statistics of whole batches. Its settings have one range in all programs.
func TestTrackStats(t *testing.T) {
	draw := func(opts ...SampleNormOption) Model {
		return func(b *Builder, x *Node) *Node {
			return b.Linear("fc", b.Flatten(b.ReLU(b.InstanceNorm("in", x, opts...))), 2)
		}
	}
	shape := tensor.Shape{2, 3, 4, 4}
	layers, err := Describe(draw(TrackStats(0.1), Affine()), NewParams(1, tensor.Float32), shape)
	if err != nil {
		t.Fatal(err)
	}
	if l := layers[0]; l.Kind != "InstanceNorm" || l.Name != "in" || len(l.Params) != 4 {
		t.Errorf("layer %s %s with %d parameters: want InstanceNorm in with 4", l.Kind, l.Name, len(l.Params))
	}
	for want, opts := range map[string][]SampleNormOption{
		"in: momentum 2: want 0 to 1":                    {TrackStats(2)},
		"in: eps 0: want a number greater than 0":        {TrackStats(0.1), Eps(0)},
		"in: TrackStats and NoBeta: want one of the two": {TrackStats(0.1), Affine(), NoBeta()},
	} {
		for _, mode := range []Mode{Train, Eval} {
			_, err := Compile(draw(opts...), NewParams(1, tensor.Float32), Config{Mode: mode, Shape: shape})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v: error %v, want %s", mode, err, want)
			}
		}
	}
}
