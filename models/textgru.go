package models

import (
	"fmt"

	"anneal/graph"
)

// TextGRU is TextGRUs of ten tokens. 76,426 parameters.
func TextGRU(b *graph.Builder, x *graph.Node) *graph.Node { return TextGRUs(10)(b, x) }

// TextGRUs returns the network that reads a sequence of so many different tokens, such as the characters of a text, and
// gives the logits of the next one. An embedding of 64 numbers for each token goes through a GRU with 128 hidden
// features, whose last state a linear layer turns into logits. x is [N, T], numbers of tokens from 0 to tokens − 1; the
// result is [N, tokens].
//
// The names are those of PyTorch's self.embedding = Embedding(tokens, 64), self.rnn = GRU(64, 128, batch_first=True)
// and self.fc = Linear(128, tokens).
func TextGRUs(tokens int) graph.Model {
	return func(b *graph.Builder, x *graph.Node) *graph.Node {
		if b.Err() == nil && x.Dims() != 2 {
			return b.Fail(fmt.Errorf("models: text-gru: samples of shape %v: want sequences of tokens, [N, T], as a text has",
				x.Shape()))
		}
		h := b.Embedding("embedding", b.Ints(x), tokens, 64)
		return b.Linear("fc", b.GRU("rnn", h, 128).Last, tokens)
	}
}
