package recurrent

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// scalers are a direction's normalizations: of W·x, of U·h and of LSTM's cell state.
type scalers[T kernels.Float] struct {
	input, state, cell *scaler[T] // cell is nil except for LSTM
	m                  []T        // [N, Hidden]: the normalised cell states of the step at work
}

// newScalers returns the normalizations of l. LayerNorm normalises the gates of a product together, except that n of a
// GRU is by itself: Ba et al., Layer Normalization, 2016, arXiv:1607.06450, equations 20 to 25. BatchNorm is that of
// Cooijmans et al., Recurrent Batch Normalization, 2016, arXiv:1603.09025, equations 6 to 8.
func newScalers[T kernels.Float](l *Layer[T]) scalers[T] {
	identity := make([]int, l.Cell.Gates())
	for i := range identity {
		identity[i] = i
	}
	all := [][]int{{0, len(identity)}}
	input, state := all, all
	if l.Cell == GRU {
		input, state = [][]int{{0, 1}, {1, 3}}, [][]int{{0, 2}, {2, 3}}
	}
	s := scalers[T]{input: newScaler(l, l.layout.order, input), state: newScaler(l, identity, state)}
	if l.Cell == LSTM {
		s.cell, s.m = newScaler(l, []int{0}, [][]int{{0, 1}}), make([]T, l.N*l.Hidden)
	}
	return s
}

// each returns the scalers that there are.
func (s *scalers[T]) each() []*scaler[T] {
	if s.cell == nil {
		return []*scaler[T]{s.input, s.state}
	}
	return []*scaler[T]{s.input, s.state, s.cell}
}

// normalise normalises x of a step.
func (d *direction[T]) normalise(s *scaler[T], t int, of samples, stats Moments[T]) {
	s.normalise(t, of, stats, d.call.Held, d.call.Momentum)
}

// normInput sets the gates of all steps to the normalised W·x, times the gain, plus the biases.
func (d *direction[T]) normInput(of samples) {
	s, gain := d.scalers.input, d.call.Weights[d.index].InputGain
	width := d.layout.saved * d.Hidden
	for t := range d.T {
		d.normalise(s, t, of, d.call.Statistics[d.index].Input)
		for n := of.from; n < of.to; n++ {
			gates, x := d.gates[(t*d.N+n)*width:], s.row(s.x, t, n)
			for i, block := range s.order {
				at := i * d.Hidden
				gates, gain := gates[at:][:d.Hidden], gain[block*d.Hidden:][:d.Hidden]
				x, bias := x[at:][:d.Hidden], d.bias[at:][:d.Hidden]
				for j, v := range x {
					gates[j] = v*gain[j] + bias[j]
				}
			}
		}
	}
}

// normState adds the normalised U·h, times the gain, to the gates of step t.
func (d *direction[T]) normState(of samples, t int, h []T) {
	s, gain := d.scalers.state, d.call.Weights[d.index].StateGain
	gemm.AddNN(s.x[(t*d.N+of.from)*s.width:], s.width, h, d.Hidden, d.stateW, d.stateSteps, of.to-of.from, s.width, false)
	d.normalise(s, t, of, d.call.Statistics[d.index].State)
	width := d.layout.saved * d.Hidden
	for n := of.from; n < of.to; n++ {
		gates := d.gates[(t*d.N+n)*width+d.layout.state*d.Hidden:][:s.width]
		for j, v := range s.row(s.x, t, n) {
			gates[j] += v * gain[j]
		}
	}
}

// normCell returns the normalised cell states of step t, times the gain, plus the shift.
func (d *direction[T]) normCell(of samples, t int, c []T) []T {
	s, w := d.scalers.cell, &d.call.Weights[d.index]
	copy(s.x[(t*d.N+of.from)*d.Hidden:], c)
	d.normalise(s, t, of, d.call.Statistics[d.index].Cell)
	for n := of.from; n < of.to; n++ {
		m := d.scalers.m[n*d.Hidden:][:d.Hidden]
		for j, v := range s.row(s.x, t, n) {
			m[j] = v*w.CellGain[j] + w.CellShift[j]
		}
	}
	return d.scalers.m[of.from*d.Hidden : of.to*d.Hidden]
}

// normBackward computes the gradients of W·x and of U·h at step t from those of the pre-activations.
func (d *direction[T]) normBackward(of samples, t int) {
	w, width := &d.call.Weights[d.index], d.layout.grads*d.Hidden
	input, state := d.scalers.input, d.scalers.state
	for n := of.from; n < of.to; n++ {
		from := d.dgates[(t*d.N+n)*width:][:width]
		copy(input.row(input.dx, t, n), from)
		copy(state.row(state.dx, t, n), from[d.layout.state*d.Hidden:])
	}
	input.backward(t, of, w.InputGain)
	state.backward(t, of, w.StateGain)
}

// normCellBackward turns dm from the gradient of the normalised cell states into that of the cell states.
func (d *direction[T]) normCellBackward(of samples, t int, dm []T) {
	s := d.scalers.cell
	dx := s.dx[(t*d.N+of.from)*d.Hidden:][:len(dm)]
	copy(dx, dm)
	s.backward(t, of, d.call.Weights[d.index].CellGain)
	copy(dm, dx)
}

// clear sets the gradients of the part's gains to 0.
func (s *scalers[T]) clear(part int) {
	for _, s := range s.each() {
		clear(s.dgain[part])
		clear(s.dshift[part])
	}
}

// prepareBackward makes the memory of the backward pass.
func (s *scalers[T]) prepareBackward(parts int) {
	for _, s := range s.each() {
		s.prepareBackward(parts)
	}
}

// sumGains sets the gradients of the gains.
func (d *direction[T]) sumGains() {
	g := &d.call.DWeights[d.index]
	d.scalers.input.gains(g.InputGain, nil)
	d.scalers.state.gains(g.StateGain, nil)
	if d.scalers.cell != nil {
		d.scalers.cell.gains(g.CellGain, g.CellShift)
	}
}
