package graph

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// recurrentCase is a case of internal/kernels/recurrent/testdata/torch.json.
type recurrentCase struct {
	Cell                             string
	N, T, Size, Hidden, Layers       int
	Both, Bias, First, Held          bool
	Lengths                          []float64
	Norm                             string
	X, H, C, Y, Hn, Cn, Dy, Dhn, Dcn []float64
	Dx, Dh, Dc                       []float64
	Params, Dparams                  [][]float64
	Before, After                    map[string][2][]float64
}

func recurrentCases(t *testing.T) []recurrentCase {
	t.Helper()
	text, err := os.ReadFile("../internal/kernels/recurrent/testdata/torch.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []recurrentCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func (c recurrentCase) directions() int {
	if c.Both {
		return 2
	}
	return 1
}

// value draws an input of a model that is no parameter.
func value(b *Builder, name string, data []float64, shape ...int) *Node {
	d := zeros(b.params.dtype, shape)
	setFloats(d, data)
	return gorgonia.NodeFromAny(b.g, d, gorgonia.WithName(name))
}

// draw draws the case's layer on x. It returns Σ y·dy + h·dh + c·dc in the probe's place of y, and leaves in s what the
// layer computes.
func (c recurrentCase) draw(s *Sequence, params *Params) Model {
	return func(b *Builder, x *Node) *Node {
		opts := []RecurrentOption{Layers(c.Layers)}
		rows := c.Layers * c.directions()
		if c.Both {
			opts = append(opts, Bidirectional())
		}
		if !c.Bias {
			opts = append(opts, NoBias())
		}
		if !c.First {
			opts = append(opts, TimeFirst())
		}
		// The initial states are parameters here, so that the probe differentiates by them.
		state := func(name string) *Node {
			return b.Param(name, Weight, tensor.Shape{rows, c.N, c.Hidden}, Constant(0), Fan{})
		}
		if c.H != nil {
			opts = append(opts, InitialH(state("h")))
		}
		if c.C != nil {
			opts = append(opts, InitialC(state("c")))
		}
		if c.Lengths != nil {
			opts = append(opts, Lengths(value(b, "lengths", c.Lengths, c.N)))
		}
		switch c.Norm {
		case "layer":
			opts = append(opts, LayerNormInside())
		case "batch":
			opts = append(opts, BatchNormInside())
		}
		switch c.Cell {
		case "RNN_TANH":
			*s = b.RNN("rnn", x, c.Hidden, opts...)
		case "RNN_RELU":
			*s = b.RNN("rnn", x, c.Hidden, append(opts, Nonlinearity("relu"))...)
		case "GRU":
			*s = b.GRU("rnn", x, c.Hidden, opts...)
		case "LSTM":
			*s = b.LSTM("rnn", x, c.Hidden, opts...)
		}
		if b.err != nil {
			return nil
		}
		parts := []*Node{b.Reshape(s.Y, 1, -1), b.Reshape(s.H, 1, -1)}
		if s.C != nil {
			parts = append(parts, b.Reshape(s.C, 1, -1))
		}
		return b.Try(gorgonia.Concat(1, parts...))
	}
}

// names returns the parameters' names in PyTorch's order.
func (c recurrentCase) names() (names []string) {
	for layer := range c.Layers {
		for d := range c.directions() {
			of := []string{"weight_ih", "weight_hh"}
			if c.Bias {
				of = append(of, "bias_ih", "bias_hh")
			}
			if c.Norm != "" {
				of = append(of, "gain_ih", "gain_hh")
				if c.Cell == "LSTM" {
					of = append(of, "gain_c", "shift_c")
				}
			}
			for _, name := range of {
				names = append(names, fmt.Sprintf("rnn.%s_l%d%s", name, layer, []string{"", "_reverse"}[d]))
			}
		}
	}
	return names
}

// probe returns the case's layer with the case's numbers.
func (c recurrentCase) probe(t *testing.T, dtype tensor.Dtype) (*probe, Sequence) {
	t.Helper()
	params, mode := NewParams(1, dtype), Train
	if c.Held {
		mode = Eval
	}
	var s Sequence
	shape := tensor.Shape{c.N, c.T, c.Size}
	if !c.First {
		shape[0], shape[1] = c.T, c.N
	}
	p := newProbe(t, params, mode, shape, c.draw(&s, params))
	set := func(name string, data []float64) {
		t.Helper()
		param := params.Lookup(name)
		if param == nil {
			t.Fatalf("there is no parameter %s", name)
		}
		setFloats(param.value, data)
	}
	for i, name := range c.names() {
		set(name, c.Params[i])
	}
	for of, name := range map[string]string{"input": "ih", "state": "hh", "cell": "c"} {
		if b, ok := c.Before[of]; ok && c.Norm == "batch" && (of != "cell" || c.Cell == "LSTM") {
			set("rnn.running_mean_"+name+"_l0", b[0])
			set("rnn.running_var_"+name+"_l0", b[1])
		}
	}
	if c.H != nil {
		set("h", c.H)
	}
	if c.C != nil {
		set("c", c.C)
	}
	setFloats(p.x, c.X)
	setFloats(p.dy, append(append(append([]float64(nil), c.Dy...), c.Dhn...), c.Dcn...))
	return p, s
}

// RNN, GRU and LSTM are PyTorch's: outputs, states, running statistics and the gradients of everything, for one and two
// layers and directions, lengths, and norms inside the cell.
func TestRecurrentMatchesPyTorch(t *testing.T) {
	for i, c := range recurrentCases(t) {
		for dtype, tol := range map[tensor.Dtype]float64{tensor.Float64: 1e-9, tensor.Float32: 3e-5} {
			t.Run(fmt.Sprintf("%d %s %s %v", i, c.Cell, c.Norm, dtype), func(t *testing.T) {
				p, _ := c.probe(t, dtype)
				p.run(t)
				near(t, "results", floats(p.y.value), append(append(append([]float64(nil), c.Y...), c.Hn...), c.Cn...), tol)
				near(t, "dx", floats(p.dx.value), c.Dx, tol)
				for i, name := range c.names() {
					near(t, "d"+name, floats(p.dparams[name].value), c.Dparams[i], tol)
				}
				if c.H != nil {
					near(t, "dh", floats(p.dparams["h"].value), c.Dh, tol)
				}
				if c.C != nil {
					near(t, "dc", floats(p.dparams["c"].value), c.Dc, tol)
				}
				for of, name := range map[string]string{"input": "ih", "state": "hh", "cell": "c"} {
					if after, ok := c.After[of]; ok && c.Norm == "batch" && (of != "cell" || c.Cell == "LSTM") {
						mean, variance := "rnn.running_mean_"+name+"_l0", "rnn.running_var_"+name+"_l0"
						near(t, mean, floats(p.params.Lookup(mean).value), after[0], tol)
						near(t, variance, floats(p.params.Lookup(variance).value), after[1], tol)
					}
				}
			})
		}
	}
}

// A new layer has PyTorch's initial values: uniform from ±1/√hidden.
func TestRecurrentInit(t *testing.T) {
	params := NewParams(1, tensor.Float32)
	model := func(b *Builder, x *Node) *Node { return b.LSTM("rnn", x, 16, BatchNormInside()).Last }
	if _, err := Compile(model, params, Config{Mode: Train, Shape: tensor.Shape{4, 3, 5}}); err != nil {
		t.Fatal(err)
	}
	for name, bounds := range map[string][2]float64{
		"rnn.weight_ih_l0": {-0.25, 0.25}, "rnn.weight_hh_l0": {-0.25, 0.25}, "rnn.bias_ih_l0": {-0.25, 0.25},
		"rnn.bias_hh_l0": {-0.25, 0.25}, "rnn.gain_ih_l0": {0.1, 0.1}, "rnn.gain_c_l0": {0.1, 0.1},
		"rnn.shift_c_l0": {0, 0}, "rnn.running_mean_hh_l0": {0, 0}, "rnn.running_var_c_l0": {1, 1},
	} {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range floats(params.Lookup(name).value) {
			low, high = min(low, v), max(high, v)
		}
		if !(low >= bounds[0]-1e-8 && high <= bounds[1]+1e-8 && high-low >= 0.8*(bounds[1]-bounds[0])) {
			t.Errorf("%s: from %v to %v, want %v", name, low, high, bounds)
		}
	}
}

// Bad settings are errors that say what is wanted.
func TestRecurrentErrors(t *testing.T) {
	for want, draw := range map[string]func(b *Builder, x *Node) Sequence{
		"graph: r: hidden size 0: want at least 1": func(b *Builder, x *Node) Sequence { return b.GRU("r", x, 0) },
		"graph: r: 0 layers: want at least 1":      func(b *Builder, x *Node) Sequence { return b.GRU("r", x, 4, Layers(0)) },
		"graph: r: dropout probability 1: want 0 ≤ p < 1": func(b *Builder, x *Node) Sequence {
			return b.GRU("r", x, 4, DropoutBetween(1))
		},
		`graph: r: nonlinearity "relu": only RNN has one`: func(b *Builder, x *Node) Sequence {
			return b.LSTM("r", x, 4, Nonlinearity("relu"))
		},
		`graph: r: nonlinearity "elu": want "tanh" or "relu"`: func(b *Builder, x *Node) Sequence {
			return b.RNN("r", x, 4, Nonlinearity("elu"))
		},
		"graph: r: the initial h has shape (1, 3, 4), want (2, 3, 4)": func(b *Builder, x *Node) Sequence {
			return b.RNN("r", x, 4, Bidirectional(), InitialH(value(b, "h", make([]float64, 12), 1, 3, 4)))
		},
		"graph: r: an initial c: only LSTM has one": func(b *Builder, x *Node) Sequence {
			return b.RNN("r", x, 4, InitialC(value(b, "c", make([]float64, 12), 1, 3, 4)))
		},
		"graph: r: the lengths have shape (2), want (3)": func(b *Builder, x *Node) Sequence {
			return b.RNN("r", x, 4, Lengths(value(b, "lengths", make([]float64, 2), 2)))
		},
		"graph: r: batch normalization inside the cell, and lengths": func(b *Builder, x *Node) Sequence {
			return b.RNN("r", x, 4, BatchNormInside(), Lengths(value(b, "lengths", make([]float64, 3), 3)))
		},
		"graph: r: its input has shape (3, 20), want [N, T, C]": func(b *Builder, x *Node) Sequence {
			return b.RNN("r", b.Flatten(x), 4)
		},
	} {
		model := func(b *Builder, x *Node) *Node { return draw(b, x).Last }
		_, err := Compile(model, NewParams(1, tensor.Float32), Config{Mode: Train, Shape: tensor.Shape{3, 4, 5}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	var s Sequence
	for _, length := range []float64{0, 5, 1.5, math.NaN()} {
		c := recurrentCase{Cell: "GRU", N: 1, T: 4, Size: 1, Hidden: 1, Layers: 1, First: true, Lengths: []float64{length}}
		p := newProbe(t, NewParams(1, tensor.Float32), Train, tensor.Shape{1, 4, 1}, c.draw(&s, nil))
		err := p.machine.RunAll()
		if want := fmt.Sprintf("length %v at place 0: want a whole number from 1 to 4", length); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A summary shows the settings, and dropout is between the layers of a training program alone.
func TestRecurrentIsDescribed(t *testing.T) {
	model := func(b *Builder, x *Node) *Node {
		return b.GRU("rnn", x, 8, Layers(2), Bidirectional(), DropoutBetween(0.5), LayerNormInside()).Last
	}
	params := NewParams(1, tensor.Float32)
	layers, err := Describe(model, params, tensor.Shape{2, 3, 5})
	if err != nil {
		t.Fatal(err)
	}
	const text = "GRU hidden 8 bidirectional LayerNorm inside"
	if len(layers) != 3 || layers[0].String() != text || layers[1].Name != "rnn_l1" || layers[2].Kind != "LastState" ||
		layers[0].FLOPs != 2*2*3*2*24*(5+8) || len(layers[0].Params) != 12 {
		t.Errorf("layers %v", layers)
	}
	p, err := Compile(model, params, Config{Mode: Train, Shape: tensor.Shape{2, 3, 5}})
	if err != nil {
		t.Fatal(err)
	}
	if names := opNames(p); !strings.Contains(names, "Dropout rnn_dropout_l0") || strings.Contains(names, "l1_dropout") {
		t.Errorf("ops %s", names)
	}
}
