package graph

import (
	"slices"
)

func (r *torchRun) drawRecurrent() ([]*Node, error) {
	if r.whole("proj_size", 0) > 0 {
		return nil, unlike("proj_size")
	}
	b := r.b
	shape := slices.Clone(r.Tensors["input"].Shape)
	alone, samples := len(shape) == 2, 1
	if r.is("batch_first") {
		samples = 0
	}
	if alone {
		shape = slices.Insert(shape, samples, 1)
	}
	opts := []RecurrentOption{Layers(r.whole("num_layers", 1))}
	state := func(name string) *Node {
		s := slices.Clone(r.Tensors[name].Shape)
		if alone {
			s = slices.Insert(s, 1, 1)
		}
		return r.input(name, s...)
	}
	if r.has("h0") {
		opts = append(opts, InitialH(state("h0")))
	}
	if r.has("c0") {
		opts = append(opts, InitialC(state("c0")))
	}
	if r.has("lengths") {
		opts = append(opts, Lengths(r.input("lengths")))
	}
	if !r.is("batch_first") {
		opts = append(opts, TimeFirst())
	}
	if r.is("bidirectional") {
		opts = append(opts, Bidirectional())
	}
	if !r.is("bias") {
		opts = append(opts, NoBias())
	}
	if r.Kind == "rnn" {
		opts = append(opts, Nonlinearity(r.text("nonlinearity")))
	}
	x, hidden := r.input("input", shape...), r.whole("hidden_size", 0)
	layer := map[string]func(string, *Node, int, ...RecurrentOption) Sequence{
		"rnn": b.RNN, "gru": b.GRU, "lstm": b.LSTM,
	}[r.Kind]
	s := layer("layer", x, hidden, opts...)
	if b.err != nil {
		return nil, b.err
	}
	y := []*Node{s.Y, s.H}
	if r.Kind == "lstm" {
		y = append(y, s.C)
	}
	if alone {
		for i, n := range y {
			at := 1
			if i == 0 {
				at = samples
			}
			y[i] = b.Reshape(n, slices.Delete(n.Shape().Clone(), at, at+1)...)
		}
	}
	return y, nil
}
