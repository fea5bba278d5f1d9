package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/recurrent"
)

// RecurrentOption is a setting of RNN, GRU and LSTM. NoBias, InitWeight and InitBias are such settings, too.
type RecurrentOption interface{ recurrent(*recurrentConfig) }

type recurrentConfig struct {
	weightConfig
	nonlinearity string
	layers       int
	directions   int
	timeFirst    bool
	dropout      float64
	norm         recurrent.Norm
	h, c         *Node
	lengths      *Node
}

func (o WeightOption) recurrent(c *recurrentConfig) { o(&c.weightConfig) }

// OnlyRecurrentOption is a setting of RNN, GRU and LSTM alone.
type OnlyRecurrentOption func(*recurrentConfig)

func (o OnlyRecurrentOption) recurrent(c *recurrentConfig) { o(c) }

// Layers stacks n layers, at least 1: each reads the outputs of the one before. Default 1. PyTorch's num_layers.
func Layers(n int) OnlyRecurrentOption { return func(c *recurrentConfig) { c.layers = n } }

// Bidirectional gives each layer a second direction, with weights of its own, that reads the sequence from its end. The
// outputs of both lie next to each other. PyTorch's bidirectional=True.
func Bidirectional() OnlyRecurrentOption { return func(c *recurrentConfig) { c.directions = 2 } }

// TimeFirst lays out sequences as [T, N, C] in place of [N, T, C]: PyTorch's batch_first=False, which is its default.
func TimeFirst() OnlyRecurrentOption { return func(c *recurrentConfig) { c.timeFirst = true } }

// DropoutBetween draws Dropout with probability p on the outputs of each layer except the last: PyTorch's dropout=p.
// Default 0.
func DropoutBetween(p float64) OnlyRecurrentOption { return func(c *recurrentConfig) { c.dropout = p } }

// Nonlinearity makes RNN use "tanh", the default, or "relu". GRU and LSTM do not have it.
func Nonlinearity(name string) OnlyRecurrentOption {
	return func(c *recurrentConfig) { c.nonlinearity = name }
}

// InitialH starts from the hidden states h, [layers·directions, N, hidden], in place of zeros: PyTorch's h_0.
func InitialH(h *Node) OnlyRecurrentOption { return func(c *recurrentConfig) { c.h = h } }

// InitialC starts LSTM from the cell states, [layers·directions, N, hidden], in place of zeros: PyTorch's c_0.
func InitialC(cell *Node) OnlyRecurrentOption { return func(c *recurrentConfig) { c.c = cell } }

// Lengths gives the number of steps of each sample, [N], from 1 to T: integers, or floating-point numbers that are
// whole. Outputs after a sample's end are 0, its states stay as they are, and the second direction begins at its end.
// The results are those of PyTorch's pack_padded_sequence.
func Lengths(lengths *Node) OnlyRecurrentOption {
	return func(c *recurrentConfig) { c.lengths = lengths }
}

// LayerNormInside normalises inside the cell over the features of each sample: W·x, U·h and, for LSTM, the cell state
// before its tanh, each with a gain that is 1 initially. The gates of a product are normalised together, except that n
// of a GRU is by itself. Biases are added after the normalization, and are the shifts of the paper.
//
// Ba, Kiros and Hinton, Layer Normalization, 2016, arXiv:1607.06450, equations 20 to 25. RNN normalises its two
// products apart, too, where equation 4 normalises their sum.
func LayerNormInside() OnlyRecurrentOption {
	return func(c *recurrentConfig) { c.norm = recurrent.LayerNorm }
}

// BatchNormInside normalises inside the cell over the samples of a batch: W·x, U·h and, for LSTM, the cell state before
// its tanh, each feature of each gate by itself, with gains that are 0.1 initially. Every step has statistics of its
// own, and so has its running mean and variance, with momentum 0.1. The number of steps is therefore that of the
// parameters.
//
// Cooijmans et al., Recurrent Batch Normalization, 2016, arXiv:1603.09025, equations 6 to 8. It cannot be together with
// Lengths.
func BatchNormInside() OnlyRecurrentOption {
	return func(c *recurrentConfig) { c.norm = recurrent.BatchNorm }
}

// check returns an error for settings that are out of range, given the shape of x.
func (c *recurrentConfig) check(kind string, hidden int, x tensor.Shape) error {
	rows := tensor.Shape{c.layers * c.directions, c.batch(x), hidden}
	switch {
	case hidden < 1:
		return fmt.Errorf("hidden size %d: want at least 1", hidden)
	case c.layers < 1:
		return fmt.Errorf("%d layers: want at least 1", c.layers)
	case !(c.dropout >= 0 && c.dropout < 1):
		return fmt.Errorf("dropout probability %v: want 0 ≤ p < 1", c.dropout)
	case c.nonlinearity != "" && kind != "RNN":
		return fmt.Errorf("nonlinearity %q: only RNN has one", c.nonlinearity)
	case c.nonlinearity != "" && c.nonlinearity != "tanh" && c.nonlinearity != "relu":
		return fmt.Errorf(`nonlinearity %q: want "tanh" or "relu"`, c.nonlinearity)
	case c.h != nil && !c.h.Shape().Eq(rows):
		return fmt.Errorf("the initial h has shape %v, want %v", c.h.Shape(), rows)
	case c.c != nil && kind != "LSTM":
		return fmt.Errorf("an initial c: only LSTM has one")
	case c.c != nil && !c.c.Shape().Eq(rows):
		return fmt.Errorf("the initial c has shape %v, want %v", c.c.Shape(), rows)
	case c.lengths != nil && !c.lengths.Shape().Eq(tensor.Shape{rows[1]}):
		return fmt.Errorf("the lengths have shape %v, want %v", c.lengths.Shape(), tensor.Shape{rows[1]})
	case c.lengths != nil && c.norm == recurrent.BatchNorm:
		return fmt.Errorf("batch normalization inside the cell, and lengths: want one of the two")
	}
	return nil
}

// batch returns the number of samples of x.
func (c *recurrentConfig) batch(x tensor.Shape) int {
	if c.timeFirst {
		return x[1]
	}
	return x[0]
}
