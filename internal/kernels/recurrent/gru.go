package recurrent

import (
	"anneal/internal/kernels"
)

// gruForward computes rows of a step of a GRU. A row of gates has four blocks of n elements: the pre-activations of n
// without U·h, r and z, and U·h's part of n, u. The first three become the gates:
//
//	r = σ(r), z = σ(z), n = tanh(n + r·u), h = n + z·(prev − n)
//
// h goes to the rows of y too, which are ld apart.
func gruForward[T kernels.Float](h, y []T, ld int, gates, prev []T, n int) {
	if gruForwardSIMD(h, y, ld, gates, prev, n) {
		return
	}
	for i := 0; i*n < len(h); i++ {
		g, h, prev, y := gates[4*i*n:][:4*n], h[i*n:][:n], prev[i*n:][:n], y[i*ld:][:n]
		for j := range n {
			r, z := sigmoid(g[n+j]), sigmoid(g[2*n+j])
			c := tanh(g[j] + r*g[3*n+j])
			h[j] = c + z*(prev[j]-c)
			g[j], g[n+j], g[2*n+j], y[j] = c, r, z, h[j]
		}
	}
}

// gruBackward turns the rows of gates into the gradients of what gruForward took, given that of h, which is dh + dy. It
// sets dh to the part of prev's gradient that does not pass the gates.
func gruBackward[T kernels.Float](gates, dh, dy []T, ld int, prev []T, n int) {
	if gruBackwardSIMD(gates, dh, dy, ld, prev, n) {
		return
	}
	for i := 0; i*n < len(dh); i++ {
		g, dh, prev, dy := gates[4*i*n:][:4*n], dh[i*n:][:n], prev[i*n:][:n], dy[i*ld:][:n]
		for j := range n {
			c, r, z, u := g[j], g[n+j], g[2*n+j], g[3*n+j]
			d := dh[j] + dy[j]
			dh[j] = d * z
			dc := (d - d*z) * (1 - c*c)
			g[j] = dc
			g[n+j] = dc * u * r * (1 - r)
			g[2*n+j] = d * (prev[j] - c) * z * (1 - z)
			g[3*n+j] = dc * r
		}
	}
}
