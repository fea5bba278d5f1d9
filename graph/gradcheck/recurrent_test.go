package gradcheck

import (
	"testing"

	"gorgonia.org/tensor"

	"anneal/graph"
)

// Recurrent layers and Embedding have the gradients of central differences, in training and evaluation programs.
func TestRecurrent(t *testing.T) {
	both := []graph.RecurrentOption{graph.Layers(2), graph.Bidirectional()}
	for name, model := range map[string]graph.Model{
		"rnn":  func(b *graph.Builder, x *graph.Node) *graph.Node { return b.RNN("r", x, 3, both...).Y },
		"gru":  func(b *graph.Builder, x *graph.Node) *graph.Node { return b.GRU("r", x, 3, both...).H },
		"lstm": func(b *graph.Builder, x *graph.Node) *graph.Node { return b.LSTM("r", x, 3, both...).C },
		"states": func(b *graph.Builder, x *graph.Node) *graph.Node {
			s := b.LSTM("a", x, 3)
			return b.LSTM("b", s.Y, 3, graph.InitialH(s.H), graph.InitialC(s.C), graph.TimeFirst()).Y
		},
		"gru layer": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.GRU("r", x, 3, graph.LayerNormInside()).Last
		},
		"lstm batch": func(b *graph.Builder, x *graph.Node) *graph.Node {
			return b.LSTM("r", x, 3, graph.BatchNormInside()).Last
		},
	} {
		shape := tensor.Shape{4, 4, 2}
		if err := Check(model, shape, Options{Seed: 3}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	embedding := func(b *graph.Builder, x *graph.Node) *graph.Node {
		return b.Embedding("e", x, 5, 3, graph.PaddingIdx(1))
	}
	o := Options{Input: []float64{0, 4, 3, 1, 3, 2}, FixedInput: true, Set: func(p *graph.Params) {
		clear(p.Lookup("e.weight").Value().Float64s()[3:6])
	}}
	if err := Check(embedding, tensor.Shape{2, 3}, o); err == nil {
		t.Error("the padding row has no gradient, and the check finds no difference")
	}
	plain := func(b *graph.Builder, x *graph.Node) *graph.Node { return b.Embedding("e", x, 5, 3) }
	if err := Check(plain, tensor.Shape{2, 3}, o); err != nil {
		t.Error(err)
	}
}
