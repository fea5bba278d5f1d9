package recurrent

import (
	"anneal/internal/kernels/gemm"
)

// Backward computes the gradients that c asks for, of the last Forward. X, the weights and Lengths are those of that
// call.
func (l *Layer[T]) Backward(c *Call[T]) {
	l.check(c)
	if l.sums == nil {
		l.prepareBackward()
	}
	l.call = c
	l.backwardWork.Run(l.parts * l.Directions)
	l.sumWork.Run(len(l.sums))
	l.call = nil
}

// prepareBackward makes the memory of the backward pass. Programs that only go forward have none.
func (l *Layer[T]) prepareBackward() {
	size := l.N * l.Hidden
	for _, d := range l.directions {
		width := l.layout.grads * l.Hidden
		d.dgates = make([]T, l.T*l.N*width)
		d.dh = make([]T, size)
		if l.Cell == LSTM {
			d.dc, d.dm = make([]T, size), make([]T, size)
		}
		d.dInput, d.dState = rows[T]{d.dgates, width}, rows[T]{d.dgates[l.layout.state*l.Hidden:], width}
		if l.Norm != NoNorm {
			d.scalers.prepareBackward(l.parts)
			d.dInput, d.dState = rows[T]{d.scalers.input.dx, l.width}, rows[T]{d.scalers.state.dx, l.width}
		}
		d.toState = steps(l.width, l.Hidden)
		for row := range l.T * l.N {
			d.biasSteps = append(d.biasSteps, gemm.Pair{B: int32(row * width)})
		}
		for k, row := range d.rowsOfW {
			d.toInput = append(d.toInput, gemm.Pair{A: int32(k), B: row})
		}
	}
	l.sums = l.gradients()
}

// backward takes the gradients of samples back through the sequence.
func (d *direction[T]) backward(p piece) {
	d.beginBackward(p)
	if d.Norm != NoNorm {
		d.scalers.clear(p.part)
	}
	for i := d.T - 1; i >= 0; i-- {
		t := d.step(i)
		for n, end := p.from, 0; n < p.to; n = end {
			var live bool
			if end, live = d.alive(t, n, p.to); live {
				d.differentiate(p.of(n, end), t)
			} else {
				width := d.layout.grads * d.Hidden
				clear(d.dgates[(t*d.N+n)*width:][:(end-n)*width])
			}
		}
		if d.Norm != NoNorm {
			d.normBackward(p, t)
		}
		gemm.AddNN(d.dh[p.from*d.Hidden:], d.Hidden, d.dState.at(t*d.N+p.from), d.dState.ld, d.call.Weights[d.index].State,
			d.toState, p.to-p.from, d.Hidden, true)
	}
	from, to, first := p.from*d.Hidden, p.to*d.Hidden, d.index*d.N*d.Hidden
	if d.call.DH != nil {
		copy(d.call.DH[first:][from:to], d.dh[from:to])
	}
	if d.call.DC != nil {
		copy(d.call.DC[first:][from:to], d.dc[from:to])
	}
}

// beginBackward sets the gradients of the states after the last step.
func (d *direction[T]) beginBackward(p piece) {
	from, to := p.from*d.Hidden, p.to*d.Hidden
	for _, state := range []struct{ to, from []T }{{d.dh, d.call.DFinalH}, {d.dc, d.call.DFinalC}} {
		switch {
		case state.to == nil:
		case state.from == nil:
			clear(state.to[from:to])
		default:
			copy(state.to[from:to], state.from[d.index*d.N*d.Hidden:][from:to])
		}
	}
}

// differentiate computes the gradients of the pre-activations of step t. It turns dh into what reaches the state before
// the step without passing U, and dc into the gradient of the cell state before the step.
func (d *direction[T]) differentiate(p piece, t int) {
	before, after := d.states(t)
	row, n, count := t*d.N+p.from, d.Hidden, p.to-p.from
	gates := d.gates[row*d.layout.saved*n:][:count*d.layout.saved*n]
	dgates := d.dgates[row*d.layout.grads*n:][:count*d.layout.grads*n]
	dh := d.dh[p.from*n:][:count*n]
	dy, ld := d.zeros, 0
	if d.call.DY != nil {
		dy, ld = d.call.DY[p.from*d.yn+t*d.yt+d.index*n:], d.yn
	}
	switch d.Cell {
	case Tanh, ReLU:
		rnnBackward(dgates, dh, dy, ld, d.h[(after*d.N+p.from)*n:][:count*n], n, d.Cell == ReLU)
	case GRU:
		gruBackward(dgates, dh, dy, ld, gates, d.h[(before*d.N+p.from)*n:][:count*n], n)
	case LSTM:
		dm, dc := d.dm[p.from*n:][:count*n], d.dc[p.from*n:][:count*n]
		lstmOutputBackward(dgates, dm, dh, dy, ld, gates, n)
		if d.Norm != NoNorm {
			d.normCellBackward(p, t, dm)
		}
		lstmCellBackward(dgates, dc, dm, gates, d.c[(before*d.N+p.from)*n:][:count*n], n)
	}
}
