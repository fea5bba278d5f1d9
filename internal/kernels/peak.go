package kernels

import "runtime"

// Peak does n rounds of multiplications and additions on numbers that stay in registers, as fast as the kernels in use
// could at best, and returns the number of floating-point operations. Timing it gives the peak rate of one processor.
func Peak(n int) int {
	if operations := peakSIMD(n); operations > 0 {
		return operations
	}
	const chains = 12 // independent, to hide the latency of each
	var a, b, c, d, e, f, g, h, i, j, k, l float32
	for range n {
		a = a*0.5 + 1
		b = b*0.5 + 1
		c = c*0.5 + 1
		d = d*0.5 + 1
		e = e*0.5 + 1
		f = f*0.5 + 1
		g = g*0.5 + 1
		h = h*0.5 + 1
		i = i*0.5 + 1
		j = j*0.5 + 1
		k = k*0.5 + 1
		l = l*0.5 + 1
	}
	runtime.KeepAlive(a + b + c + d + e + f + g + h + i + j + k + l)
	return 2 * chains * n
}
