package parallel

import (
	"runtime"
	"sync/atomic"
	"time"
)

// waiter lets one goroutine wait for a condition. It spins for a while, since sleeping and waking cost far more than
// most works, then sleeps.
//
// How long it spins adapts. The time doubles, up to longestSpin, as long as that would have been enough. It is halved
// when a wait took longer. If the system took the processor away during the spin, others need it, and the next spin is
// the shortest. An idle program sleeps.
//
// While it spins it yields to the program's other goroutines and to other threads: Gorgonia's machine hands its work
// from thread to thread, and the next thread may wait for just this processor. Where other programs compute, a yield
// gives them the processor for far longer than that, so after such a loss the next waits do not yield to other threads.
type waiter struct {
	spin     time.Duration
	noYield  int // waits that will not yield to other threads
	sleeping atomic.Bool
	woken    chan time.Time // when
	pastime  func() bool    // does a piece of other work in place of spinning, and reports whether there was one; or nil
}

const (
	longestSpin  = 250 * time.Microsecond
	shortestSpin = 5 * time.Microsecond
	preemption   = 150 * time.Microsecond // so long a pause means that the system took the processor
	noYieldWaits = 64                     // after a preemption

	// goroutineDelay is how long a wait keeps its thread to itself. Two goroutines that yield at once may change
	// processors, away from their caches.
	goroutineDelay = 3 * time.Microsecond
)

func (w *waiter) init() {
	w.spin = longestSpin
	w.woken = make(chan time.Time, 1)
}

// wait returns when ready is true.
func (w *waiter) wait(ready func() bool) {
	if ready() {
		return
	}
	w.noYield = max(w.noYield-1, 0)
	start := time.Now()
	took := time.Duration(0) // without the time that waking takes
	for !w.spinFor(start, ready) {
		w.sleeping.Store(true)
		if ready() && w.sleeping.CompareAndSwap(true, false) {
			break
		}
		took = (<-w.woken).Sub(start)
	}
	if took < longestSpin {
		w.spin = min(2*w.spin, longestSpin)
	} else {
		w.spin = max(w.spin/2, shortestSpin)
	}
}

// wake ends the sleep of the goroutine in wait, if it sleeps.
func (w *waiter) wake() {
	if w.sleeping.Load() && w.sleeping.CompareAndSwap(true, false) {
		w.woken <- time.Now()
	}
}

// spinFor reports whether ready came true while spinning. Time that the program's other goroutines use does not count
// as taken away by the system.
func (w *waiter) spinFor(start time.Time, ready func() bool) bool {
	begun := time.Since(start)
	for now := begun; now < begun+w.spin; now = time.Since(start) {
		worked := false
		for range 50 {
			if ready() {
				return true
			}
			if w.pastime != nil && w.pastime() {
				worked = true
			}
		}
		if worked { // so this was no waiting
			begun = time.Since(start)
			continue
		}
		if w.noYield == 0 {
			YieldThread()
		}
		if away := time.Since(start) - now; away > preemption {
			w.spin, w.noYield = shortestSpin, noYieldWaits
			return ready()
		}
		if now-begun > goroutineDelay {
			runtime.Gosched()
		}
	}
	return ready()
}
