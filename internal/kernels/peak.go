package kernels

// Peak does n rounds of multiplications and additions on numbers that stay in registers, as fast as the kernels in use
// could at best, and returns the number of floating-point operations. Timing it gives the peak rate of one processor.
func Peak(n int) int {
	if rounds := peakSIMD(n); rounds > 0 {
		return rounds
	}
	var s [8]float32
	a, b, c, d, e, f, g, h := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
	for range n {
		a = a*0.5 + 1
		b = b*0.5 + 1
		c = c*0.5 + 1
		d = d*0.5 + 1
		e = e*0.5 + 1
		f = f*0.5 + 1
		g = g*0.5 + 1
		h = h*0.5 + 1
	}
	peakSink = a + b + c + d + e + f + g + h
	return 2 * len(s) * n
}

var peakSink float32 // keeps the compiler from dropping the loop
