package recurrent

import (
	"anneal/internal/kernels"
)

// lstmCell computes rows of a step of an LSTM up to the cell state c. A row of gates has five blocks of n elements. The
// first four are the pre-activations of i, f, g and o, and become the gates:
//
//	i = σ(i), f = σ(f), g = tanh(g), o = σ(o), c = f·prev + i·g
func lstmCell[T kernels.Float](c, gates, prev []T, n int) {
	if lstmCellSIMD(c, gates, prev, n) {
		return
	}
	for i := 0; i*n < len(c); i++ {
		g, c, prev := gates[5*i*n:][:5*n], c[i*n:][:n], prev[i*n:][:n]
		for j := range n {
			in, forget, value := sigmoid(g[j]), sigmoid(g[n+j]), tanh(g[2*n+j])
			g[j], g[n+j], g[2*n+j], g[3*n+j] = in, forget, value, sigmoid(g[3*n+j])
			c[j] = forget*prev[j] + in*value
		}
	}
}

// lstmOutput sets the rows of h to o·tanh(c), keeps tanh(c) in the fifth block of gates, and copies h to the rows of y,
// which are ld apart.
func lstmOutput[T kernels.Float](h, y []T, ld int, gates, c []T, n int) {
	if lstmOutputSIMD(h, y, ld, gates, c, n) {
		return
	}
	for i := 0; i*n < len(h); i++ {
		g, h, c, y := gates[5*i*n:][:5*n], h[i*n:][:n], c[i*n:][:n], y[i*ld:][:n]
		for j := range n {
			g[4*n+j] = tanh(c[j])
			h[j] = g[3*n+j] * g[4*n+j]
			y[j] = h[j]
		}
	}
}

// lstmOutputBackward sets dc to the gradient of what lstmOutput took for c, and turns o's block of gates into that of
// its pre-activation, given the gradient of h, which is dh + dy. It clears dh.
func lstmOutputBackward[T kernels.Float](gates, dc, dh, dy []T, ld, n int) {
	if lstmOutputBackwardSIMD(gates, dc, dh, dy, ld, n) {
		return
	}
	for i := 0; i*n < len(dh); i++ {
		g, dh, dc, dy := gates[5*i*n:][:5*n], dh[i*n:][:n], dc[i*n:][:n], dy[i*ld:][:n]
		for j := range n {
			o, t := g[3*n+j], g[4*n+j]
			d := dh[j] + dy[j]
			dh[j] = 0
			g[3*n+j] = d * t * o * (1 - o)
			dc[j] = d * o * (1 - t*t)
		}
	}
}

// lstmCellBackward turns the blocks of gates of i, f and g into the gradients of their pre-activations, given that of
// c, which is dc + dm. It sets dc to that of prev.
func lstmCellBackward[T kernels.Float](gates, dc, dm, prev []T, n int) {
	if lstmCellBackwardSIMD(gates, dc, dm, prev, n) {
		return
	}
	for i := 0; i*n < len(dc); i++ {
		g, dc, dm, prev := gates[5*i*n:][:5*n], dc[i*n:][:n], dm[i*n:][:n], prev[i*n:][:n]
		for j := range n {
			in, forget, value := g[j], g[n+j], g[2*n+j]
			d := dc[j] + dm[j]
			g[j] = d * value * in * (1 - in)
			g[n+j] = d * prev[j] * forget * (1 - forget)
			g[2*n+j] = d * in * (1 - value*value)
			dc[j] = d * forget
		}
	}
}
