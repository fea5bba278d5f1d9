package graph

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/recurrent"
)

// Sequence is what a recurrent layer computes. All nodes are nil after an error.
type Sequence struct {
	// Y has the outputs of the last layer, [N, T, directions·hidden], or [T, N, …] with TimeFirst.
	Y *Node
	// Last has the last layer's hidden states after the last step, [N, directions·hidden]. It is what a network that
	// classifies sequences goes on with.
	Last *Node
	// H has the hidden states of all layers after the last step, [layers·directions, N, hidden]: PyTorch's h_n. The
	// directions of a layer are next to each other.
	H *Node
	// C has LSTM's cell states after the last step, like H: PyTorch's c_n. It is nil for RNN and GRU.
	C *Node
}

// RNN draws a recurrent layer on sequences: x is [N, T, C], and at each step, from h = 0 on,
//
//	h = tanh(W·x + b + U·h + b')
//
// The parameters are those of PyTorch's RNN, for each layer k: name.weight_ih_lk (W), [hidden, C],
// name.weight_hh_lk (U), [hidden, hidden], name.bias_ih_lk and name.bias_hh_lk, [hidden]; a second direction has the
// same with _reverse at the end. Initially all are uniform from ±1/√hidden. Normalization inside the cell adds
// name.gain_ih_lk, name.gain_hh_lk and, for LSTM, name.gain_c_lk and name.shift_c_lk; BatchNorm's running statistics
// are name.running_mean_ih_lk and so on.
//
// The options are Layers, Bidirectional, DropoutBetween, InitialH, Lengths, LayerNormInside, BatchNormInside,
// Nonlinearity, TimeFirst, NoBias, InitWeight and InitBias. Elman, Finding Structure in Time, 1990.
func (b *Builder) RNN(name string, x *Node, hidden int, opts ...RecurrentOption) Sequence {
	return b.recurrent("RNN", name, x, hidden, opts)
}

// GRU draws a layer of gated recurrent units on sequences: x is [N, T, C], and at each step, from h = 0 on,
//
//	r = σ(W·x + b + U·h + b')          the reset gate
//	z = σ(W·x + b + U·h + b')          the update gate
//	n = tanh(W·x + b + r∘(U·h + b'))
//	h = (1 − z)∘n + z∘h
//
// with rows of W, U, b and b' for each gate, in this order: weights are [3·hidden, C] and [3·hidden, hidden]. Names of
// parameters and options are RNN's, except Nonlinearity.
//
// Cho et al., 2014, arXiv:1406.1078, in the form of PyTorch's GRU, which applies the reset gate after the product.
func (b *Builder) GRU(name string, x *Node, hidden int, opts ...RecurrentOption) Sequence {
	return b.recurrent("GRU", name, x, hidden, opts)
}

// LSTM draws a layer of long short-term memory on sequences: x is [N, T, C], and at each step, from h = c = 0 on,
//
//	i = σ(W·x + b + U·h + b')          the input gate
//	f = σ(W·x + b + U·h + b')          the forget gate
//	g = tanh(W·x + b + U·h + b')
//	o = σ(W·x + b + U·h + b')          the output gate
//	c = f∘c + i∘g
//	h = o∘tanh(c)
//
// with rows of W, U, b and b' for each gate, in this order: weights are [4·hidden, C] and [4·hidden, hidden]. Names of
// parameters and options are RNN's, except Nonlinearity, and InitialC.
//
// Hochreiter and Schmidhuber, 1997, with the forget gate of Gers et al., 2000. It is PyTorch's LSTM.
func (b *Builder) LSTM(name string, x *Node, hidden int, opts ...RecurrentOption) Sequence {
	return b.recurrent("LSTM", name, x, hidden, opts)
}

// recurrent draws the layers of a stack, one op each.
func (b *Builder) recurrent(kind, name string, x *Node, hidden int, opts []RecurrentOption) Sequence {
	if !b.openNamed(name, x) {
		return Sequence{}
	}
	c := recurrentConfig{weightConfig: weightConfig{bias: true}, layers: 1, directions: 1}
	// PyTorch samples from ±1/√hidden, whatever the fans are.
	usual := func(rng *rand.Rand, _ Fan) func() float64 { return uniform(rng, 1/math.Sqrt(float64(hidden))) }
	c.initWeight, c.initBias = usual, usual
	for _, o := range opts {
		o.recurrent(&c)
	}
	err := fmt.Errorf("its input has shape %v, want [N, T, C]", x.Shape())
	if x.Dims() == 3 {
		err = c.check(kind, hidden, x.Shape())
	}
	if c.standardize {
		err = errors.New("StandardizeWeight is for convolutions and Linear")
	}
	if err != nil {
		b.Fail(fmt.Errorf("graph: %s: %w", name, err))
		return Sequence{}
	}
	held := c.norm == recurrent.BatchNorm && (b.frozen.holds(name) || b.mode == Eval)
	if n := c.batch(x.Shape()); c.norm == recurrent.BatchNorm && !held && n < 2 {
		b.Fail(fmt.Errorf("graph: %s: batches of %d: batch normalization trains on 2 at least", name, n))
	}
	var layers []*recurrentLayer
	for i := range c.layers {
		if b.err != nil {
			return Sequence{}
		}
		l := &recurrentLayer{recurrentConfig: c, b: b, kind: kind, name: name, index: i, held: held}
		l.shape(x.Shape(), hidden)
		x = l.draw(x)
		layers = append(layers, l)
		if i+1 < c.layers && c.dropout > 0 && x != nil {
			x = b.Dropout(fmt.Sprintf("%s_dropout_l%d", name, i), x, c.dropout)
		}
	}
	s := Sequence{Y: x, Last: layers[len(layers)-1].last(), H: b.finalH(layers)}
	if kind == "LSTM" {
		s.C = b.finalC(layers)
	}
	if b.err != nil {
		return Sequence{}
	}
	return s
}

// shape sets what the layer's plan is made for, from the shape of its input.
func (l *recurrentLayer) shape(x tensor.Shape, hidden int) {
	cell := map[string]recurrent.Cell{"RNN": recurrent.Tanh, "GRU": recurrent.GRU, "LSTM": recurrent.LSTM}[l.kind]
	if l.nonlinearity == "relu" {
		cell = recurrent.ReLU
	}
	n := l.batch(x)
	l.Shape = recurrent.Shape{
		Cell: cell, N: n, T: x[0] * x[1] / n, In: x[2], Hidden: hidden, Directions: l.directions,
		TimeFirst: l.timeFirst, Norm: l.norm, Eps: 1e-5,
	}
}
