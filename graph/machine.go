package graph

import (
	"runtime"
	"sync"
	"time"

	"anneal/internal/kernels"
)

// Machine is what programs run on.
type Machine struct {
	Kernels    string  // in use for float32: generic (plain Go), avx2 or avx512
	Processors int     // that Go uses, GOMAXPROCS
	Peak       float64 // floating-point operations a second that all Processors together can do at best
}

// Kernels names the float32 kernels in use: generic (plain Go), avx2 or avx512.
func Kernels() string { return kernels.Variant() }

// MeasureMachine measures Peak with multiply-adds that stay in registers, on all processors at once: the best of many
// short runs on each, 50 ms in all. On a busy machine it comes out too low.
func MeasureMachine() Machine {
	m := Machine{Kernels: Kernels(), Processors: runtime.GOMAXPROCS(0)}
	best := make([]float64, m.Processors)
	var all sync.WaitGroup
	for i := range best {
		all.Go(func() {
			for began := time.Now(); time.Since(began) < 50*time.Millisecond; {
				start := time.Now()
				operations := kernels.Peak(20000)
				best[i] = max(best[i], float64(operations)/time.Since(start).Seconds())
			}
		})
	}
	all.Wait()
	for _, rate := range best {
		m.Peak += rate
	}
	return m
}
