package gradcheck_test

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/graph/gradcheck"
)

// Central differences agree with the gradients of normalizations that a ReLU follows, fused with it and not. r and d of
// batch renormalization, which its gradient takes as constants, are at their bounds.
func TestNormsWithReLU(t *testing.T) {
	image, sequence, features := tensor.Shape{4, 4, 3, 2}, tensor.Shape{4, 4, 5}, tensor.Shape{6, 4}
	type norm func(b *graph.Builder, x *graph.Node) *graph.Node
	for _, c := range []struct {
		name  string
		shape tensor.Shape
		draw  norm
	}{
		{"group", image, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.GroupNorm("n", x, 2) }},
		{"group of features", features, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.GroupNorm("n", x, 2) }},
		{"instance", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.InstanceNorm("n", x, graph.Affine())
		}},
		{"layer", sequence, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.LayerNorm("n", x) }},
		{"layer of images", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.LayerNorm("n", x, graph.Over(3))
		}},
		{"layer per channel", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.LayerNorm("n", x, graph.PerChannel())
		}},
		{"rms", sequence, func(b *graph.Builder, x *graph.Node) *graph.Node { return b.RMSNorm("n", x) }},
		{"rms per channel", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.RMSNorm("n", x, graph.PerChannel())
		}},
		{"batch of sequences", sequence, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.BatchNorm("n", x, graph.NoStats())
		}},
		{"virtual batches", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.BatchNorm("n", x, graph.Ghost(2))
		}},
		{"renorm", image, func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.BatchNorm("n", x, graph.Renorm{RMax: 1.1, DMax: 0.1})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			model := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.ReLU(c.draw(b, x)) }
			err := gradcheck.Check(model, c.shape, gradcheck.Options{Set: func(params *graph.Params) {
				if mean := params.Lookup("n.running_mean"); c.name == "renorm" {
					for i := range mean.Value().Float64s() {
						mean.Value().Float64s()[i] = -100
						params.Lookup("n.running_var").Value().Float64s()[i] = 1e3
					}
				}
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// A standardized weight has the gradient of the weight that it is made of.
func TestStandardizedWeights(t *testing.T) {
	model := func(b *graph.Builder, x *graph.Node) *graph.Node {
		h := b.Conv2D("c", x, 4, 2, graph.StandardizeWeight())
		return b.Linear("f", b.Flatten(b.ReLU(b.GroupNorm("n", h, 2))), 3, graph.StandardizeWeight())
	}
	if err := gradcheck.Check(model, tensor.Shape{2, 2, 4, 3}, gradcheck.Options{}); err != nil {
		t.Error(err)
	}
}
