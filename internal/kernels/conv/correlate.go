package conv

import (
	"anneal/internal/kernels"
)

// correlate computes the gradients that a plane of dy gives a plane of x and the taps that lie offsets from it, where x
// is 0 outside its image and dy outside its own:
//
//	dx[p] (+)= Σt w[t] · dy[origin + p + offsets[t]]
//	dw[t]  +=  Σp x[p] · dy[origin + p + offsets[t]]      for 0 ≤ p < n, a multiple of 16
//
// It adds to dx only if resume is set.
func correlate[T kernels.Float](dx, dw, x, w, dy []T, origin int, offsets []int32, n int, resume bool) {
	if correlateSIMD(dx, dw, x, w, dy, origin, offsets, n, resume) {
		return
	}
	dx, x = dx[:n], x[:n]
	if !resume {
		clear(dx)
	}
	for t, o := range offsets {
		weight, sum := w[t], T(0)
		for p, v := range dy[origin+int(o):][:n] {
			dx[p] += weight * v
			sum += x[p] * v
		}
		dw[t] += sum
	}
}
