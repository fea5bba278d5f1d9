package graph

import (
	"fmt"

	"anneal/internal/kernels/recurrent"
)

// onnxGates are the places of ONNX's gates in the parameters.
var onnxGates = map[recurrent.Cell][]int{
	recurrent.Tanh: {0}, recurrent.ReLU: {0},
	recurrent.GRU:  {1, 0, 2},    // z, r, h
	recurrent.LSTM: {0, 3, 1, 2}, // i, o, f, c
}

// onnx writes the layer: ONNX's operator of the same name or, with a norm inside the cell, the steps one by one.
func (l *recurrentLayer) onnx(to ONNX, in []string) (string, error) {
	l.names = in
	if l.norm != recurrent.NoNorm {
		y, _, err := l.unrolled(to, in)
		return y, err
	}
	results, err := l.operator(to, in)
	if err != nil {
		return "", err
	}
	// [T, directions, N, hidden]
	width := l.directions * l.Hidden
	if l.timeFirst {
		h := to.Node("Transpose", results[:1], Attribute{"perm", []int{0, 2, 1, 3}})
		return to.Node("Reshape", []string{h, to.Ints(0, -1, width)}), nil
	}
	h := to.Node("Transpose", results[:1], Attribute{"perm", []int{2, 0, 1, 3}})
	return to.Node("Reshape", []string{h, to.Ints(-1, l.T, width)}), nil
}

// operator writes ONNX's RNN, GRU or LSTM and returns the names of its results: the outputs, and the states after the
// last step.
func (l *recurrentLayer) operator(to ONNX, in []string) ([]string, error) {
	var inputW, stateW, biases []float32
	for d := range l.directions {
		w := l.at[d]
		var lists [4][]float32
		for i, at := range []int{w.input, w.state, w.inputBias, w.stateBias} {
			if at == 0 {
				continue
			}
			values, _, ok := to.Values(in[at])
			if !ok {
				return nil, fmt.Errorf("%s %s: its weights are computed: want parameters", l.kind, l.name)
			}
			size := len(values) / l.Cell.Gates()
			for _, gate := range onnxGates[l.Cell] {
				lists[i] = append(lists[i], values[gate*size:][:size]...)
			}
		}
		inputW, stateW = append(inputW, lists[0]...), append(stateW, lists[1]...)
		biases = append(append(biases, lists[2]...), lists[3]...)
	}
	gates := l.Cell.Gates() * l.Hidden
	name := fmt.Sprintf("%s.%%s_l%d", l.name, l.index)
	tensor := func(of string, values []float32, shape ...int) string {
		return to.Tensor(fmt.Sprintf(name, of), append([]int{l.directions}, shape...), values)
	}
	x := in[0]
	if !l.timeFirst {
		x = to.Node("Transpose", []string{x}, Attribute{"perm", []int{1, 0, 2}})
	}
	inputs := []string{x, tensor("W", inputW, gates, l.In), tensor("R", stateW, gates, l.Hidden), "", "", ""}
	if biases != nil {
		inputs[3] = tensor("B", biases, 2*gates)
	}
	if l.lengths > 0 {
		const toInt32 = 6
		inputs[4] = to.Node("Cast", []string{in[l.lengths]}, Attribute{"to", toInt32})
	}
	if l.h > 0 {
		inputs[5] = in[l.h]
	}
	results := 2
	attributes := []Attribute{{"hidden_size", l.Hidden}}
	if l.directions == 2 {
		attributes = append(attributes, Attribute{"direction", "bidirectional"})
	}
	switch l.Cell {
	case recurrent.GRU:
		attributes = append(attributes, Attribute{"linear_before_reset", 1})
	case recurrent.ReLU:
		names := []string{"Relu", "Relu"}
		attributes = append(attributes, Attribute{"activations", names[:l.directions]})
	case recurrent.LSTM:
		results = 3
		if l.c > 0 {
			inputs = append(inputs, in[l.c])
		}
	}
	for inputs[len(inputs)-1] == "" {
		inputs = inputs[:len(inputs)-1]
	}
	return to.Nodes(l.kind, results, inputs, attributes...), nil
}

// finalStatesONNX returns the ONNX form of LastState and FinalStates.
func finalStatesONNX(layers []*recurrentLayer, kind string) onnxForm {
	return func(to ONNX, in []string) (string, error) {
		var states []string
		for i, l := range layers {
			lengths := ""
			if l.lengths > 0 {
				lengths = in[len(layers)]
			}
			states = append(states, l.finalStatesONNX(to, in[i], lengths)...)
		}
		if kind == "LastState" {
			return to.Node("Concat", states, Attribute{"axis", 1}), nil
		}
		for i, s := range states {
			states[i] = to.Node("Unsqueeze", []string{s, to.Ints(0)})
		}
		return to.Node("Concat", states, Attribute{"axis", 0}), nil
	}
}

// finalStatesONNX writes the states after the last step of each direction, [N, hidden], from the layer's outputs.
func (l *recurrentLayer) finalStatesONNX(to ONNX, y, lengths string) (states []string) {
	const toInt64 = 7
	if l.timeFirst {
		y = to.Node("Transpose", []string{y}, Attribute{"perm", []int{1, 0, 2}})
	}
	for d := range l.directions {
		h := y
		if l.directions == 2 {
			h = to.Node("Slice", []string{h, to.Ints(d * l.Hidden), to.Ints((d + 1) * l.Hidden), to.Ints(2)})
		}
		switch {
		case d == 1:
			h = to.Node("Slice", []string{h, to.Ints(0), to.Ints(1), to.Ints(1)})
			h = to.Node("Squeeze", []string{h, to.Ints(1)})
		case lengths == "":
			h = to.Node("Slice", []string{h, to.Ints(l.T - 1), to.Ints(l.T), to.Ints(1)})
			h = to.Node("Squeeze", []string{h, to.Ints(1)})
		default:
			last := to.Node("Cast", []string{lengths}, Attribute{"to", toInt64})
			last = to.Node("Sub", []string{last, to.Ints(1)})
			last = to.Node("Unsqueeze", []string{last, to.Ints(1)})
			h = to.Node("GatherND", []string{h, last}, Attribute{"batch_dims", 1})
		}
		states = append(states, h)
	}
	return states
}

// finalCellsONNX returns the ONNX form of the final cell states. The layers' nodes are written again, because a node
// of another layer does not show its other results.
func finalCellsONNX(layers []*recurrentLayer) onnxForm {
	return func(to ONNX, _ []string) (string, error) {
		var states []string
		for _, l := range layers {
			if l.norm != recurrent.NoNorm {
				_, cells, err := l.unrolled(to, l.names)
				if err != nil {
					return "", err
				}
				for _, c := range cells {
					states = append(states, to.Node("Unsqueeze", []string{c, to.Ints(0)}))
				}
				continue
			}
			results, err := l.operator(to, l.names)
			if err != nil {
				return "", err
			}
			states = append(states, results[2])
		}
		return to.Node("Concat", states, Attribute{"axis", 0}), nil
	}
}
