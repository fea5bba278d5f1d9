package recurrent

import (
	"anneal/internal/kernels"
	"anneal/internal/kernels/gemm"
	"anneal/internal/parallel"
)

// gradients returns the parts of the products that give the gradients of x and of the weights from those of the
// pre-activations. Each writes elements of its own.
func (l *Layer[T]) gradients() []func() {
	var parts []func()
	const block = 32 // rows of a weight that a part computes
	for _, d := range l.directions {
		inputs, states := d.weightSteps()
		for i, gate := range l.layout.order {
			for from := 0; from < l.Hidden; from += block {
				count := min(block, l.Hidden-from)
				row := gate*l.Hidden + from
				parts = append(parts,
					func() {
						if dw := l.call.DWeights[d.index].Input; dw != nil {
							d.multiplyWeight(dw[row*l.In:], l.In, d.dInput, i*l.Hidden+from, count, l.call.X, inputs)
						}
					},
					func() {
						if dw := l.call.DWeights[d.index].State; dw != nil {
							d.multiplyWeight(dw[row*l.Hidden:], l.Hidden, d.dState, row, count, d.h, states)
						}
					})
			}
		}
		if l.Norm != NoNorm {
			parts = append(parts, d.sumGains)
			continue
		}
		for block := range l.layout.grads {
			parts = append(parts, func() { d.sumBias(block) })
		}
	}
	count := min(kernels.CeilDiv(l.N, 4), kernels.MaxParts)
	for i := range count {
		from, to := parallel.Range(i, count, l.N)
		parts = append(parts, func() { l.multiplyDX(from, to) })
	}
	return parts
}

// weightSteps returns the offsets of a weight's gradient, a product over all samples and steps: of the gradients of the
// pre-activations, and of x or of the states before the steps.
func (d *direction[T]) weightSteps() (inputs, states []gemm.Pair) {
	for t := range d.T {
		before, _ := d.states(t)
		for n := range d.N {
			row := t*d.N + n
			inputs = append(inputs, gemm.Pair{A: int32(row * d.dInput.ld), B: int32(n*d.xn + t*d.xt)})
			states = append(states, gemm.Pair{A: int32(row * d.dState.ld), B: int32((before*d.N + n) * d.Hidden)})
		}
	}
	return inputs, states
}

// multiplyWeight sets rows of a weight's gradient: column col and the following of g, as rows, times b.
func (d *direction[T]) multiplyWeight(dw []T, ld int, g rows[T], col, count int, b []T, steps []gemm.Pair) {
	gemm.NN(dw, ld, g.s[col:], 1, b, steps, count, ld, nil, nil, kernels.LowerBound[T](false))
}

// sumBias sets the gradients of the biases that are added to a block of the pre-activations.
func (d *direction[T]) sumBias(block int) {
	g := &d.call.DWeights[d.index]
	var sum, same []T
	if block < len(d.layout.order) && g.InputBias != nil {
		sum = g.InputBias[d.layout.order[block]*d.Hidden:][:d.Hidden]
	}
	if block >= d.layout.state && g.StateBias != nil {
		same = g.StateBias[(block-d.layout.state)*d.Hidden:][:d.Hidden]
	}
	if sum == nil {
		sum = same
	}
	if sum == nil {
		return
	}
	gemm.NN(sum, 0, d.one, 0, d.gates[block*d.Hidden:], d.biasSteps, 1, d.Hidden, nil, nil, kernels.LowerBound[T](false))
	copy(same, sum)
}

// multiplyDX sets the gradient of the x of samples to the sum over the directions of their dInput·W.
func (l *Layer[T]) multiplyDX(from, to int) {
	if l.call.DX == nil {
		return
	}
	for i, d := range l.directions {
		w, g := l.call.Weights[i].Input, d.dInput
		if l.T < fewSteps {
			for t := range l.T {
				gemm.AddNN(l.call.DX[t*l.xt+from*l.xn:], l.xn, g.at(t*l.N+from), g.ld, w, d.toInput, to-from, l.In, i > 0)
			}
			continue
		}
		for n := from; n < to; n++ {
			gemm.AddNN(l.call.DX[n*l.xn:], l.xt, g.at(n), l.N*g.ld, w, d.toInput, l.T, l.In, i > 0)
		}
	}
}
