package kernels

import (
	"runtime"
	"sync"
	"time"
)

// MeasurePeak returns the number of floating-point operations per second that all processors of GOMAXPROCS together can
// do at best with the kernels in use. It takes the best of many short runs on each, for 50 ms. On a busy machine the
// result is too low.
func MeasurePeak() float64 {
	best := make([]float64, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i := range best {
		all.Go(func() {
			for began := time.Now(); time.Since(began) < 50*time.Millisecond; {
				start := time.Now()
				operations := multiplyAdd(20000)
				best[i] = max(best[i], float64(operations)/time.Since(start).Seconds())
			}
		})
	}
	all.Wait()
	var sum float64
	for _, rate := range best {
		sum += rate
	}
	return sum
}

// multiplyAdd does n rounds of multiplications and additions on numbers that stay in registers, and returns the number
// of floating-point operations.
func multiplyAdd(n int) int {
	if operations := multiplyAddSIMD(n); operations > 0 {
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
