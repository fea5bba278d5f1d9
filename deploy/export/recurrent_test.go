package export

import (
	"anneal/graph"
)

func init() {
	networks = append(networks,
		network{"rnn", func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.RNN("rnn", x, 6, graph.Layers(2), graph.Bidirectional(), graph.Nonlinearity("relu")).Last
		}, []int{5, 3}, 0, 0},
		network{"gru", func(b *graph.Builder, x *graph.Node) *graph.Node {
			lengths := b.Reshape(lengths(b, x), -1)
			h := b.GRU("a", x, 7, graph.Bidirectional(), graph.Lengths(lengths)).Y
			h = b.GRU("b", b.Transpose(h, 1, 0, 2), 4, graph.TimeFirst(), graph.NoBias()).Y
			return b.Flatten(b.Transpose(h, 1, 0, 2))
		}, []int{5, 3}, 0, 0},
		network{"lstm", func(b *graph.Builder, x *graph.Node) *graph.Node {
			a := b.LSTM("a", x, 5)
			s := b.LSTM("b", a.Y, 5, graph.InitialH(a.H), graph.InitialC(a.C), graph.Layers(1))
			return b.Reshape(b.Transpose(s.C, 1, 0, 2), -1, 5)
		}, []int{4, 3}, 0, 0},
	)
	networks = append(networks, network{"embedding", func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Flatten(b.Embedding("embedding", lengths(b, x), 7, 4))
	}, []int{5, 3}, 0, 0})
	for _, inside := range []struct {
		name  string
		norm  graph.RecurrentOption
		norms [3]int // ONNX's, of each step of the RNN, the GRU and the LSTM
	}{
		{"layer", graph.LayerNormInside(), [3]int{}},
		{"batch", graph.BatchNormInside(), [3]int{20, 20, 44}}, // the LSTM below is written again for its cell state
	} {
		name, norm, norms := inside.name, inside.norm, inside.norms
		networks = append(networks,
			network{"rnn-" + name, func(b *graph.Builder, x *graph.Node) *graph.Node {
				return b.RNN("rnn", x, 6, norm, graph.Bidirectional(), graph.Nonlinearity("relu")).Last
			}, []int{5, 3}, norms[0], norms[0]},
			network{"gru-" + name, func(b *graph.Builder, x *graph.Node) *graph.Node {
				return b.GRU("rnn", x, 7, norm, graph.Layers(2)).Last
			}, []int{5, 3}, norms[1], norms[1]},
			network{"lstm-" + name, func(b *graph.Builder, x *graph.Node) *graph.Node {
				a := b.LSTM("a", x, 5, norm)
				return b.LSTM("b", a.Y, 5, norm, graph.InitialH(a.H), graph.InitialC(a.C)).Last
			}, []int{5, 3}, norms[2], norms[2]})
	}
}

// lengths draws a length of 3 for each sample.
func lengths(b *graph.Builder, x *graph.Node) *graph.Node {
	ones := b.SoftMax(b.Reshape(b.Slice(b.Slice(x, 1, 0, 1), 2, 0, 1), -1, 1), 1)
	return b.Linear("lengths", ones, 1, graph.NoBias(), graph.InitWeight(graph.Constant(3)))
}
