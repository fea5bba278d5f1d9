package recurrent

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// Backward computes the gradients that c asks for, of the last Forward. Y, X, the states before the first step, the
// weights and Lengths are those of that call.
//
// The gradients of the gates take the place of the gates. If a second Backward follows, it runs Forward again, which
// writes the same Y and does not move Statistics.
func (l *Layer[T]) Backward(c *Call[T]) {
	l.check(c)
	if l.spent {
		l.again = *c
		if !c.Held {
			l.again.Statistics = [2]Statistics[T]{}
		}
		l.Forward(&l.again)
		l.again = Call[T]{}
	}
	l.spent = true
	if l.sums == nil {
		l.prepareBackward()
	}
	l.call = c
	if l.batch != nil {
		l.batch.backward()
	} else {
		l.backwardWork.Run(l.parts * l.Directions)
	}
	l.sumWork.Run(len(l.sums))
	l.call = nil
}

// prepareBackward makes the memory of the backward pass. Programs that only go forward have none.
func (l *Layer[T]) prepareBackward() {
	size := l.N * l.Hidden
	for _, d := range l.directions {
		width := l.layout.saved * l.Hidden
		d.dh = kernels.Make[T](size)
		if l.Cell == LSTM {
			d.dc, d.dm = kernels.Make[T](size), kernels.Make[T](size)
		}
		d.dInput, d.dState = rows[T]{d.gates, width}, rows[T]{d.gates[l.layout.state*l.Hidden:], width}
		if l.Norm != NoNorm {
			d.scalers.prepareBackward(l.parts)
			d.dInput, d.dState = rows[T]{d.scalers.input.x, l.width}, rows[T]{d.scalers.state.x, l.width}
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
				d.outputBackward(p.of(n, end), t)
				d.cellBackward(p.of(n, end), t)
			} else {
				clear(d.gatesOf(p, t).at(n - p.from)[:(end-n)*d.layout.saved*d.Hidden])
			}
		}
		if d.Norm != NoNorm {
			d.normInputBackward(p, t)
			d.normStateBackward(p, t)
		}
		d.multiplyDH(p, t)
	}
	d.endBackward(p)
}

// multiplyDH adds what reaches the states before step t through U to their gradients.
func (d *direction[T]) multiplyDH(p piece, t int) {
	gemm.AddNN(d.dh[p.from*d.Hidden:], d.Hidden, d.dState.at(t*d.N+p.from), d.dState.ld, d.call.Weights[d.index].State,
		d.toState, p.to-p.from, d.Hidden, true)
}

// endBackward sets the gradients of the states before the first step.
func (d *direction[T]) endBackward(p piece) {
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

// outputBackward turns RNN's and GRU's gates of step t into the gradients of the pre-activations, and dh into what
// reaches the state before the step without passing U. For LSTM it does so for o, and computes dm, the gradient of the
// cell state or, with a Norm, of the normalised one.
func (d *direction[T]) outputBackward(p piece, t int) {
	before, after := d.states(t)
	gates, n := d.gatesOf(p, t).s, d.Hidden
	dh := d.rowsOf(d.dh, 0, p)
	dy, ld := d.zeros, 0
	if d.call.DY != nil {
		dy, ld = d.call.DY[p.from*d.yn+t*d.yt+d.index*n:], d.yn
	}
	switch d.Cell {
	case Tanh, ReLU:
		rnnBackward(gates, dh, dy, ld, d.rowsOf(d.h, after, p), n, d.Cell == ReLU)
	case GRU:
		gruBackward(gates, dh, dy, ld, d.rowsOf(d.h, before, p), n)
	case LSTM:
		lstmOutputBackward(gates, d.rowsOf(d.dm, 0, p), dh, dy, ld, n)
	}
}

// cellBackward turns LSTM's gates of step t, except o, into the gradients of the pre-activations, and dc into that of
// the cell state before the step.
func (d *direction[T]) cellBackward(p piece, t int) {
	if d.Cell != LSTM {
		return
	}
	before, _ := d.states(t)
	dm := d.rowsOf(d.dm, 0, p)
	if d.Norm != NoNorm {
		d.normCellBackward(p, t, dm)
	}
	lstmCellBackward(d.gatesOf(p, t).s, d.rowsOf(d.dc, 0, p), dm, d.rowsOf(d.c, before, p), d.Hidden)
}
