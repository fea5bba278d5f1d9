package gradcheck_test

import (
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/graph/gradcheck"
)

// Central differences agree for attention, its layers and the positions, with dropout and masks.
func TestAttention(t *testing.T) {
	for name, model := range map[string]graph.Model{
		"self-attention": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.MultiHeadAttention("a", x, x, x, 2)
		},
		"dropout": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.MultiHeadAttention("a", x, x, x, 3, graph.AttentionDropout(0.4), graph.Causal(), graph.NoBias())
		},
		"three inputs and a mask of integers": func(b *graph.Builder, x *graph.Node) *graph.Node {
			hidden := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]int32{0, 1, 0, 1, 0, 1}))
			mask := gorgonia.NodeFromAny(b.Graph(), hidden, gorgonia.WithName("hidden"))
			return b.MultiHeadAttention("a", x, b.Slice(x, 1, 0, 3), b.Slice(x, 1, 1, 4), 2, graph.KeyMask(mask))
		},
		"keys and values of other widths": func(b *graph.Builder, x *graph.Node) *graph.Node {
			k := b.Linear("k", x, 5)
			return b.MultiHeadAttention("a", x, k, k, 2, graph.AddZeroAttn(), graph.Causal())
		},
		"learned and zero keys": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.MultiHeadAttention("a", x, x, x, 3, graph.AddBiasKV(), graph.AddZeroAttn())
		},
		"encoder layer without biases": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.TransformerEncoderLayer("l", x, 2, 5, graph.WithGELU(), graph.TransformerNoBias())
		},
		"encoder layer": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.TransformerEncoderLayer("l", x, 2, 5, graph.WithGELU(), graph.TransformerDropout(0.3))
		},
		"encoder layer, norm first": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.TransformerEncoderLayer("l", x, 2, 5, graph.NormFirst(), graph.WithGELU())
		},
		"positions and Linear": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.Linear("l", b.SinusoidalPositions(b.LearnedPositions("p", x)), 3)
		},
		"BatchNorm behind Linear on three axes": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.BatchNorm("n", b.Linear("l", x, 3))
		},
	} {
		if err := gradcheck.Check(model, tensor.Shape{2, 4, 6}, gradcheck.Options{Seed: 3}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
