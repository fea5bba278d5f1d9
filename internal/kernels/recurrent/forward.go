package recurrent

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// fewSteps is the length of sequences that are too short for a product of all steps of a sample.
const fewSteps = 4

// forward takes samples through the sequence.
func (d *direction[T]) forward(p piece) {
	d.multiplyInput(p)
	if d.Norm != NoNorm {
		for t := range d.T {
			d.normInput(p, t)
		}
	}
	d.begin(p)
	for i := range d.T {
		t := d.step(i)
		d.multiplyState(p, t)
		if d.Norm != NoNorm {
			d.normState(p, t)
		}
		for n, end := p.from, 0; n < p.to; n = end {
			var live bool
			if end, live = d.alive(t, n, p.to); live {
				d.cell(p.of(n, end), t)
				d.output(p.of(n, end), t)
			} else {
				d.stay(p.of(n, end), t)
			}
		}
	}
}

// multiplyInput sets the gates of all steps to W·x plus the biases or, with a Norm, computes W·x for it.
func (d *direction[T]) multiplyInput(p piece) {
	to, ld, bias := d.gates, d.layout.saved*d.Hidden, d.bias
	if d.Norm != NoNorm {
		to, ld, bias = d.scalers.input.x, d.width, nil
	}
	none := kernels.LowerBound[T](false)
	if d.T < fewSteps {
		for t := range d.T {
			gemm.NN(to[(t*d.N+p.from)*ld:], ld, d.call.X[t*d.xt+p.from*d.xn:], d.xn, d.inputW, d.inputSteps, p.to-p.from,
				d.width, nil, bias, none)
		}
	} else {
		for n := p.from; n < p.to; n++ {
			gemm.NN(to[n*ld:], d.N*ld, d.call.X[n*d.xn:], d.xt, d.inputW, d.inputSteps, d.T, d.width, nil, bias, none)
		}
	}
}

// begin sets the states before the first step.
func (d *direction[T]) begin(p piece) {
	before, _ := d.states(d.step(0))
	from, to := p.from*d.Hidden, p.to*d.Hidden
	for _, state := range []struct{ to, from []T }{{d.h, d.call.H}, {d.c, d.call.C}} {
		if state.to == nil {
			continue
		}
		start := state.to[before*d.N*d.Hidden:][from:to]
		if state.from == nil {
			clear(start)
		} else {
			copy(start, state.from[d.index*d.N*d.Hidden:][from:to])
		}
	}
}

// multiplyState adds U·h to the gates of step t or, with a Norm, computes U·h for it.
func (d *direction[T]) multiplyState(p piece, t int) {
	before, _ := d.states(t)
	to, count := d.stateGates(p, t), p.to-p.from
	if d.Cell == GRU {
		for i := range count {
			copy(to.at(i)[2*d.Hidden:], d.stateBias)
		}
	}
	if d.Norm != NoNorm {
		to = d.scalers.state.of(p, t)
	}
	h := d.h[(before*d.N+p.from)*d.Hidden:]
	gemm.AddNN(to.s, to.ld, h, d.Hidden, d.stateW, d.stateSteps, count, d.width, d.Norm == NoNorm)
}

// cell turns LSTM's pre-activations of step t into gates, and writes the cell states after the step.
func (d *direction[T]) cell(p piece, t int) {
	if d.Cell == LSTM {
		before, after := d.states(t)
		lstmCell(d.rowsOf(d.c, after, p), d.gatesOf(p, t).s, d.rowsOf(d.c, before, p), d.Hidden)
	}
}

// output writes the hidden states after step t and the outputs. For RNN and GRU it turns the pre-activations into
// gates.
func (d *direction[T]) output(p piece, t int) {
	before, after := d.states(t)
	gates, h := d.gatesOf(p, t).s, d.rowsOf(d.h, after, p)
	y := d.call.Y[p.from*d.yn+t*d.yt+d.index*d.Hidden:]
	switch d.Cell {
	case Tanh, ReLU:
		rnnForward(h, y, d.yn, gates, d.Hidden, d.Cell == ReLU)
	case GRU:
		gruForward(h, y, d.yn, gates, d.rowsOf(d.h, before, p), d.Hidden)
	case LSTM:
		c := d.rowsOf(d.c, after, p)
		if d.Norm != NoNorm {
			c = d.normCell(p, t, c)
		}
		lstmOutput(h, y, d.yn, gates, c, d.Hidden)
	}
}

// stay keeps the states of samples whose sequences have ended before step t, and sets their outputs to 0.
func (d *direction[T]) stay(p piece, t int) {
	before, after := d.states(t)
	from, to, size := p.from*d.Hidden, p.to*d.Hidden, d.N*d.Hidden
	copy(d.h[after*size:][from:to], d.h[before*size:][from:to])
	if d.c != nil {
		copy(d.c[after*size:][from:to], d.c[before*size:][from:to])
	}
	for n := p.from; n < p.to; n++ {
		clear(d.call.Y[n*d.yn+t*d.yt+d.index*d.Hidden:][:d.Hidden])
	}
}
