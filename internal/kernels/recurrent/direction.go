package recurrent

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
)

// direction is a layer's pass over the sequence, from its first step to the last or back. Its rows are a sample's at a
// step, those of a step next to each other. States lie in T+1 places: those before and after each step.
type direction[T kernels.Float] struct {
	*Layer[T]
	index   int // 1 goes back
	h, c    []T // [T+1, N, Hidden]
	gates   []T // [T, N, saved·Hidden]; after Backward, the gradients of the pre-activations
	scalers scalers[T]

	// The weights of the call at work.
	inputW, stateW   []T // Wᵀ in the order of the layout, Uᵀ
	bias, stateBias  []T // what is added to the blocks of W·x, and to GRU's last block
	rowsOfW, rowsOfU []int32
	inputSteps       []gemm.Pair // of the product W·x
	stateSteps       []gemm.Pair // of the product U·h

	// The backward pass. The first of them makes all of it.
	dh, dc, dm     []T // [N, Hidden]: of the states at the step at work
	toInput        []gemm.Pair
	toState        []gemm.Pair
	biasSteps      []gemm.Pair
	dInput, dState rows[T] // the gradients of W·x and U·h
}

// rows is a matrix with ld elements from one row to the next. With an ld of 0 all rows are one.
type rows[T kernels.Float] struct {
	s  []T
	ld int
}

// at returns the matrix from row i on.
func (r rows[T]) at(i int) []T { return r.s[i*r.ld:] }

func newDirection[T kernels.Float](l *Layer[T], index int) *direction[T] {
	size := l.N * l.Hidden
	d := &direction[T]{
		Layer: l, index: index,
		h:      kernels.Make[T]((l.T + 1) * size),
		gates:  kernels.Make[T](l.T * size * l.layout.saved),
		inputW: kernels.Make[T](l.In * l.width), stateW: kernels.Make[T](l.Hidden * l.width),
		bias: kernels.Make[T](l.width), stateBias: kernels.Make[T](l.Hidden),
	}
	if l.Cell == LSTM {
		d.c = kernels.Make[T](len(d.h))
	}
	for _, gate := range l.layout.order {
		for i := range l.Hidden {
			d.rowsOfW = append(d.rowsOfW, int32((gate*l.Hidden+i)*l.In))
		}
	}
	for i := range l.width {
		d.rowsOfU = append(d.rowsOfU, int32(i*l.Hidden))
	}
	d.inputSteps, d.stateSteps = steps(l.In, l.width), steps(l.Hidden, l.width)
	if l.Norm != NoNorm {
		d.scalers = newScalers(l)
	}
	return d
}

// steps returns the offsets of a product of n steps with a matrix whose rows are ld apart.
func steps(n, ld int) []gemm.Pair {
	table := make([]gemm.Pair, n)
	for k := range table {
		table[k] = gemm.Pair{A: int32(k), B: int32(k * ld)}
	}
	return table
}

// step returns the i-th step that the direction takes.
func (d *direction[T]) step(i int) int {
	if d.index == 1 {
		return d.T - 1 - i
	}
	return i
}

// states returns the places of the states before and after step t.
func (d *direction[T]) states(t int) (before, after int) {
	if d.index == 1 {
		return t + 1, t
	}
	return t, t + 1
}

// rowsOf returns the states of p in a place of h or c.
func (d *direction[T]) rowsOf(states []T, place int, p piece) []T {
	return states[(place*d.N+p.from)*d.Hidden:][:(p.to-p.from)*d.Hidden]
}

// gatesOf returns the gates of p at step t.
func (d *direction[T]) gatesOf(p piece, t int) rows[T] {
	width := d.layout.saved * d.Hidden
	return rows[T]{d.gates[(t*d.N+p.from)*width:], width}
}

// stateGates returns the gates of p at step t that U·h is added to.
func (d *direction[T]) stateGates(p piece, t int) rows[T] {
	gates := d.gatesOf(p, t)
	return rows[T]{gates.s[d.layout.state*d.Hidden:], gates.ld}
}

// pack transposes the weights and adds the biases.
func (d *direction[T]) pack() {
	w := &d.call.Weights[d.index]
	gemm.Transpose(d.inputW, d.width, w.Input, d.rowsOfW, d.In)
	gemm.Transpose(d.stateW, d.width, w.State, d.rowsOfU, d.Hidden)
	if w.InputBias == nil {
		return
	}
	for i, gate := range d.layout.order {
		input, state := w.InputBias[gate*d.Hidden:], w.StateBias[gate*d.Hidden:]
		apart := d.Cell == GRU && i == 0
		for j := range d.Hidden {
			d.bias[i*d.Hidden+j] = input[j]
			if apart {
				d.stateBias[j] = state[j]
			} else {
				d.bias[i*d.Hidden+j] += state[j]
			}
		}
	}
}
