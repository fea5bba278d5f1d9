package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/recurrent"
)

// recurrentLayer is one layer of a stack that is being drawn.
type recurrentLayer struct {
	recurrentConfig
	recurrent.Shape
	b          *Builder
	kind, name string
	index      int
	held       bool // BatchNorm normalises by its running statistics
	y          *Node

	// Where the op's inputs are.
	at         [2]weightPlaces
	h, c       int // 0: none
	lengths    int
	statistics [2][6]*Node // BatchNorm's running means and variances of W·x, U·h and the cell state

	plans [2]any   // in float32 and in float64, once they are made: *recurrentPlan[T]
	names []string // of the op's inputs in the ONNX file that was written last
}

// weightPlaces are the places of a direction's parameters in an op's inputs; 0 stands for none.
type weightPlaces struct {
	input, state, inputBias, stateBias        int
	inputGain, stateGain, cellGain, cellShift int
	statistics                                int // of the first of the running statistics, if the layer is held
}

// draw draws the layer's op on x.
func (l *recurrentLayer) draw(x *Node) *Node {
	inputs := []*Node{x}
	add := func(n *Node) int {
		inputs = append(inputs, n)
		return len(inputs) - 1
	}
	for d := range l.directions {
		l.parameters(d, add)
	}
	size := []int{l.index * l.directions, (l.index + 1) * l.directions}
	rows := func(n *Node) int {
		switch {
		case n == nil || l.b.err != nil:
			return 0
		case l.layers > 1:
			n = l.b.Slice(n, 0, size[0], size[1])
		}
		return add(n)
	}
	l.h, l.c = rows(l.recurrentConfig.h), rows(l.recurrentConfig.c)
	if l.recurrentConfig.lengths != nil {
		l.lengths = add(l.recurrentConfig.lengths)
	}
	shape := tensor.Shape{l.N, l.T, l.directions * l.Hidden}
	if l.timeFirst {
		shape[0], shape[1] = l.T, l.N
	}
	name := l.name
	if l.layers > 1 {
		name = fmt.Sprintf("%s_l%d", name, l.index)
	}
	gates := l.Cell.Gates() * l.Hidden
	l.y = l.b.Op(Op{
		Kind: l.kind, Name: name, Inputs: inputs, Shape: shape,
		Float32:  func() Plan[float32] { return recurrentPlanOf[float32](l) },
		Float64:  func() Plan[float64] { return recurrentPlanOf[float64](l) },
		FLOPs:    2 * int64(l.N*l.T*l.directions) * int64(gates*(l.In+l.Hidden)),
		Settings: l.settings(),
		ONNX:     l.onnx,
	})
	return l.y
}

// settings returns what a summary shows of the layer.
func (l *recurrentLayer) settings() []Setting {
	norm := []string{recurrent.LayerNorm: "LayerNorm inside", recurrent.BatchNorm: "BatchNorm inside"}
	return []Setting{
		{"hidden", l.Hidden, nil},
		{"", l.nonlinearity, ""},
		{"bidirectional", l.directions == 2, false},
		{"time first", l.timeFirst, false},
		{"", norm[l.norm], ""},
	}
}

// parameters draws the parameters of a direction.
func (l *recurrentLayer) parameters(direction int, add func(*Node) int) {
	suffix := fmt.Sprintf("_l%d", l.index)
	if direction == 1 {
		suffix += "_reverse"
	}
	gates, w := l.Cell.Gates()*l.Hidden, &l.at[direction]
	draw := func(name string, kind Kind, init Init, in int, shape ...int) *Node {
		return l.b.Param(l.name+"."+name+suffix, kind, shape, init, Fan{In: in, Out: gates})
	}
	w.input = add(draw("weight_ih", Weight, l.initWeight, l.In, gates, l.In))
	w.state = add(draw("weight_hh", Weight, l.initWeight, l.Hidden, gates, l.Hidden))
	if l.bias {
		w.inputBias = add(draw("bias_ih", Bias, l.initBias, l.In, gates))
		w.stateBias = add(draw("bias_hh", Bias, l.initBias, l.Hidden, gates))
	}
	if l.norm == recurrent.NoNorm {
		return
	}
	gain := Constant(1)
	if l.norm == recurrent.BatchNorm {
		gain = Constant(0.1)
	}
	w.inputGain = add(draw("gain_ih", NormWeight, gain, 0, gates))
	w.stateGain = add(draw("gain_hh", NormWeight, gain, 0, gates))
	widths := map[string]int{"ih": gates, "hh": gates}
	if l.Cell == recurrent.LSTM {
		w.cellGain = add(draw("gain_c", NormWeight, gain, 0, l.Hidden))
		w.cellShift = add(draw("shift_c", NormBias, Constant(0), 0, l.Hidden))
		widths["c"] = l.Hidden
	}
	if l.norm != recurrent.BatchNorm {
		return
	}
	if l.b.held != nil && !l.held {
		l.b.Fail(fmt.Errorf("graph: %s: Hold does not keep the statistics of BatchNorm inside a recurrent layer", l.name))
		return
	}
	for i, of := range []string{"ih", "hh", "c"} {
		if widths[of] == 0 {
			continue
		}
		mean := draw("running_mean_"+of, Buffer, Constant(0), 0, l.T, widths[of])
		variance := draw("running_var_"+of, Buffer, Constant(1), 0, l.T, widths[of])
		l.statistics[direction][2*i], l.statistics[direction][2*i+1] = mean, variance
		if !l.held {
			continue
		}
		if at := add(mean); i == 0 {
			w.statistics = at
		}
		add(variance)
	}
}
