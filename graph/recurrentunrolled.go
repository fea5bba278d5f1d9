package graph

import (
	"errors"

	"anneal/internal/kernels/recurrent"
)

// unrolled writes a layer with a norm inside the cell to an ONNX file, step by step. It returns the outputs and, for
// LSTM, the cell states of each direction after the last step.
func (l *recurrentLayer) unrolled(to ONNX, in []string) (y string, cells []string, err error) {
	if l.lengths > 0 {
		return "", nil, errors.New(l.kind + " " + l.name + ": a norm inside the cell, and lengths: no ONNX form here")
	}
	time := 1
	if l.timeFirst {
		time = 0
	}
	var sides []string
	for d := range l.directions {
		u := &unrolling{recurrentLayer: l, ONNX: to, in: in, direction: d, weightPlaces: l.at[d]}
		h, c := u.start(l.h), ""
		if l.Cell == recurrent.LSTM {
			c = u.start(l.c)
		}
		w, r := u.transposed(u.input), u.transposed(u.state)
		states := make([]string, l.T)
		for i := range l.T {
			t := i
			if d == 1 {
				t = l.T - 1 - i
			}
			x := to.Node("Slice", []string{in[0], to.Ints(t), to.Ints(t + 1), to.Ints(time)})
			x = to.Node("Squeeze", []string{x, to.Ints(time)})
			h, c = u.step(t, to.Node("MatMul", []string{x, w}), to.Node("MatMul", []string{h, r}), h, c)
			states[t] = to.Node("Unsqueeze", []string{h, to.Ints(time)})
		}
		sides = append(sides, to.Node("Concat", states, Attribute{"axis", time}))
		cells = append(cells, c)
	}
	return to.Node("Concat", sides, Attribute{"axis", 2}), cells, nil
}

// unrolling is a direction that is being written step by step.
type unrolling struct {
	*recurrentLayer
	ONNX
	weightPlaces
	in        []string
	direction int
}

// start returns the states before the first step: those of input at, or zeros, which have one row for all samples.
func (u *unrolling) start(at int) string {
	if at == 0 {
		return u.Floats([]int{1, u.Hidden}, make([]float32, u.Hidden))
	}
	h := u.Node("Slice", []string{u.in[at], u.Ints(u.direction), u.Ints(u.direction + 1), u.Ints(0)})
	return u.Node("Squeeze", []string{h, u.Ints(0)})
}

func (u *unrolling) transposed(at int) string {
	return u.Node("Transpose", []string{u.in[at]}, Attribute{"perm", []int{1, 0}})
}

// norm writes the normalization of x, whose gain is input gain. The first of its running statistics is input
// statistics+first.
func (u *unrolling) norm(x string, gain, first, t int, groups ...int) string {
	if u.recurrentLayer.norm == recurrent.BatchNorm {
		at := func(i int) string {
			row := u.Node("Slice", []string{u.in[u.weightPlaces.statistics+first+i], u.Ints(t), u.Ints(t + 1), u.Ints(0)})
			return u.Node("Squeeze", []string{row, u.Ints(0)})
		}
		zeros := u.Floats([]int{groups[0]}, make([]float32, groups[0]))
		return u.Node("BatchNormalization", []string{x, u.in[gain], zeros, at(0), at(1)},
			Attribute{"epsilon", float32(u.Eps)})
	}
	var parts []string
	from := 0
	for _, size := range groups {
		of := func(v string, axis int) string {
			if len(groups) == 1 {
				return v
			}
			return u.Node("Slice", []string{v, u.Ints(from), u.Ints(from + size), u.Ints(axis)})
		}
		parts = append(parts, u.Node("LayerNormalization", []string{of(x, 1), of(u.in[gain], 0)},
			Attribute{"axis", -1}, Attribute{"epsilon", float32(u.Eps)}))
		from += size
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return u.Node("Concat", parts, Attribute{"axis", 1})
}

// step writes step t from the products x = W·x and r = U·h. It returns the states after it.
func (u *unrolling) step(t int, x, r, h, c string) (string, string) {
	add := func(a, b string) string { return u.Node("Add", []string{a, b}) }
	times := func(a, b string) string { return u.Node("Mul", []string{a, b}) }
	of := func(operator, x string) string { return u.Node(operator, []string{x}) }
	gates := u.Cell.Gates() * u.Hidden
	groups := []int{gates}
	if u.Cell == recurrent.GRU && u.recurrentLayer.norm == recurrent.LayerNorm {
		groups = []int{2 * u.Hidden, u.Hidden}
	}
	x, r = u.norm(x, u.inputGain, 0, t, groups...), u.norm(r, u.stateGain, 2, t, groups...)
	if u.inputBias > 0 {
		x, r = add(x, u.in[u.inputBias]), add(r, u.in[u.stateBias])
	}
	gate := func(v string, i int) string {
		return u.Node("Slice", []string{v, u.Ints(i * u.Hidden), u.Ints((i + 1) * u.Hidden), u.Ints(1)})
	}
	switch u.Cell {
	case recurrent.Tanh:
		return of("Tanh", add(x, r)), ""
	case recurrent.ReLU:
		return of("Relu", add(x, r)), ""
	case recurrent.GRU:
		reset := of("Sigmoid", add(gate(x, 0), gate(r, 0)))
		update := of("Sigmoid", add(gate(x, 1), gate(r, 1)))
		n := of("Tanh", add(gate(x, 2), times(reset, gate(r, 2))))
		return add(n, times(update, u.Node("Sub", []string{h, n}))), ""
	}
	p := add(x, r)
	c = add(times(of("Sigmoid", gate(p, 1)), c), times(of("Sigmoid", gate(p, 0)), of("Tanh", gate(p, 2))))
	m := add(u.norm(c, u.cellGain, 4, t, u.Hidden), u.in[u.cellShift])
	return times(of("Sigmoid", gate(p, 3)), of("Tanh", m)), c
}
