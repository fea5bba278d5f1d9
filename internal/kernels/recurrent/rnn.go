package recurrent

import (
	"math"

	"anneal/internal/kernels"
)

// rnnForward sets the rows of h, which have n elements, to tanh(p) or, with relu, max(0, p), for the pre-activations p.
// It copies them to the rows of y, which are ld apart.
func rnnForward[T kernels.Float](h, y []T, ld int, p []T, n int, relu bool) {
	if rnnForwardSIMD(h, y, ld, p, n, relu) {
		return
	}
	for i := 0; i*n < len(h); i++ {
		h := h[i*n:][:n]
		for j, p := range p[i*n:][:n] {
			if relu {
				h[j] = kernels.Clamp(p, 0)
			} else {
				h[j] = tanh(p)
			}
		}
		copy(y[i*ld:], h)
	}
}

// rnnBackward sets dp to the gradient of the pre-activations, given that of the outputs h, which is dh + dy. It clears
// dh.
func rnnBackward[T kernels.Float](dp, dh, dy []T, ld int, h []T, n int, relu bool) {
	if rnnBackwardSIMD(dp, dh, dy, ld, h, n, relu) {
		return
	}
	for i := 0; i*n < len(h); i++ {
		dy, h, dh, dp := dy[i*ld:][:n], h[i*n:][:n], dh[i*n:][:n], dp[i*n:][:n]
		for j, h := range h {
			d := dh[j] + dy[j]
			switch {
			case !relu:
				d *= 1 - h*h
			case !(h > 0):
				d = 0
			}
			dp[j], dh[j] = d, 0
		}
	}
}

// sigmoid returns 1/(1 + exp(−x)).
func sigmoid[T kernels.Float](x T) T { return T(1 / (1 + math.Exp(-float64(x)))) }

func tanh[T kernels.Float](x T) T { return T(math.Tanh(float64(x))) }
