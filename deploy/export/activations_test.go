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
