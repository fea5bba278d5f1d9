package models

import (
	"fmt"

	"anneal/graph"
)

// ViTTiny is a small vision transformer: patches of 4×4 pixels become vectors of 64 numbers, to which learned positions
// are added; two transformer layers of 4 heads, with 128 numbers between their linear layers, normalised first; the
// mean of the vectors gives the logits. x is [N, C, H, W], with H and W multiples of 4; the result is [N, 10]. 71,946
// parameters for images of [1, 28, 28], which have 49 patches.
//
// Dosovitskiy et al., An Image is Worth 16x16 Words, 2020, arXiv:2010.11929, without the class token.
func ViTTiny(b *graph.Builder, x *graph.Node) *graph.Node { return vitTiny(10)(b, x) }

// vitTiny returns ViTTiny with so many classes.
func vitTiny(classes int) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node { return drawViT(b, x, classes) }
}

func drawViT(b *graph.Builder, x *graph.Node, classes int) *graph.Node {
	const patch, width, heads, blocks = 4, 64, 4, 2
	if x.Dims() != 4 || x.Shape()[2]%patch != 0 || x.Shape()[3]%patch != 0 {
		return b.Fail(fmt.Errorf("models: vit-tiny: images of shape %v: want [N, C, H, W], H and W multiples of %d",
			x.Shape(), patch))
	}
	n, tokens := x.Shape()[0], x.Shape()[2]/patch*(x.Shape()[3]/patch)
	h := b.Conv2D("patches", x, width, patch, graph.Stride(patch))
	h = b.LearnedPositions("positions", b.Transpose(b.Reshape(h, n, width, tokens), 0, 2, 1))
	for i := range blocks {
		h = b.TransformerEncoderLayer(fmt.Sprintf("blocks.%d", i), h, heads, 2*width,
			graph.NormFirst(), graph.WithGELU(), graph.TransformerDropout(0))
	}
	return b.Linear("head", b.Mean(b.LayerNorm("norm", h), 1), classes)
}
