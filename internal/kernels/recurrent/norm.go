package recurrent

import (
	"anneal/internal/kernels"
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
	input, state := []int{0}, []int{0}
	if l.Cell == GRU {
		input, state = []int{0, 1}, []int{0, 2}
	}
	s := scalers[T]{input: newScaler(l, l.layout.order, input...), state: newScaler(l, identity, state...)}
	if l.Cell == LSTM {
		s.cell, s.m = newScaler(l, []int{0}, 0), kernels.Make[T](l.N*l.Hidden)
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

// normInput sets the gates of step t to the normalised W·x, times the gain, plus the biases.
func (d *direction[T]) normInput(p piece, t int) {
	s := d.scalers.input
	s.normalise(t, p, s.of(p, t).s, d.gatesOf(p, t), rows[T]{d.bias, 0}, d.call.Weights[d.index].InputGain)
}

// normState adds the normalised U·h, times the gain, to the gates of step t.
func (d *direction[T]) normState(p piece, t int) {
	s, gates := d.scalers.state, d.stateGates(p, t)
	s.normalise(t, p, s.of(p, t).s, gates, gates, d.call.Weights[d.index].StateGain)
}

// normCell returns the normalised cell states of step t, times the gain, plus the shift.
func (d *direction[T]) normCell(p piece, t int, c []T) []T {
	w, m := &d.call.Weights[d.index], d.rowsOf(d.scalers.m, 0, p)
	d.scalers.cell.normalise(t, p, c, rows[T]{m, d.Hidden}, rows[T]{w.CellShift, 0}, w.CellGain)
	return m
}

// normInputBackward turns the normalised W·x of step t into the gradients of W·x, given those of the pre-activations.
func (d *direction[T]) normInputBackward(p piece, t int) {
	s := d.scalers.input
	s.backward(t, p, s.of(p, t).s, d.gatesOf(p, t), d.call.Weights[d.index].InputGain)
}

// normStateBackward turns the normalised U·h of step t into the gradients of U·h, given those of the pre-activations.
func (d *direction[T]) normStateBackward(p piece, t int) {
	s := d.scalers.state
	s.backward(t, p, s.of(p, t).s, d.stateGates(p, t), d.call.Weights[d.index].StateGain)
}

// normCellBackward turns dm from the gradient of the normalised cell states into that of the cell states.
func (d *direction[T]) normCellBackward(p piece, t int, dm []T) {
	d.scalers.cell.backward(t, p, dm, rows[T]{dm, d.Hidden}, d.call.Weights[d.index].CellGain)
}

// hold sets whether BatchNorm takes the running statistics.
func (s *scalers[T]) hold(held bool) {
	for _, s := range s.each() {
		s.held = held
	}
}

// clear sets the gradients of the part's gains to 0.
func (s *scalers[T]) clear(part int) {
	for _, s := range s.each() {
		s.clear(part)
	}
}

// prepareBackward makes the memory of the backward pass.
func (s *scalers[T]) prepareBackward(parts int) {
	for _, s := range s.each() {
		s.prepareBackward(parts)
	}
}

// sumGains sets the gradients of the gains, and those of the biases, which are added to what is normalised.
func (d *direction[T]) sumGains() {
	g := &d.call.DWeights[d.index]
	d.scalers.input.gains(g.InputGain, g.InputBias)
	d.scalers.state.gains(g.StateGain, g.StateBias)
	if d.scalers.cell != nil {
		d.scalers.cell.gains(g.CellGain, g.CellShift)
	}
}
