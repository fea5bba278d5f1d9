package export

import "anneal/graph"

// activations has every activation function, and softmax along the channels.
func activations(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.PReLU("slopes", b.LeakyReLU(b.PReLU("slope", x), 0.2), graph.SlopePerChannel())
	h = b.GELUTanh(b.GELU(b.SELU(b.ELU(h, 0.7))))
	h = b.Softplus(b.Softplus(b.Mish(b.SiLU(h)), 1, 20), 2, 0.5)
	h = b.Hardswish(b.Linear("fc1", b.Flatten(b.SoftMax(h, 1)), 12))
	h = b.Tanh(b.Hardsigmoid(b.PReLU("last", h, graph.SlopePerChannel())))
	return b.Sigmoid(b.Linear("fc2", h, 5))
}

// transformer has both kinds of encoder layers, attention to other vectors, and a norm behind Linear on three axes,
// which does not go into it.
func transformer(b *graph.Builder, x *graph.Node) *graph.Node {
	h := b.SinusoidalPositions(b.LearnedPositions("positions", x))
	h = b.TransformerEncoderLayer("first", h, 2, 10)
	h = b.TransformerEncoderLayer("second", h, 4, 9, graph.NormFirst(), graph.WithGELU(), graph.Attend(graph.Causal()))
	h = b.MultiHeadAttention("cross", b.Slice(h, 1, 0, 3), x, h, 1, graph.NoBias())
	h = b.BatchNorm("norm", b.Linear("mix", h, 7))
	return b.Linear("out", b.Flatten(h), 5)
}
