// Package parallel runs computations that are cut into parts on a pool of workers.
//
// A computation is a Work. It is made once and run every step, and a run allocates nothing. How it is cut depends on
// its size alone, never on the number of processors, so that its results have the same bits on every machine.
//
// The pool has a worker for each processor but one: the goroutine that calls Run computes parts too. The parts are
// claimed one by one, so a worker that the system has put aside delays only the part that it was computing. A worker
// that has nothing to do spins for a while before it sleeps, because most works take less time than waking a sleeping
// worker does.
package parallel

import (
	"runtime"
	"sync/atomic"
)

// MaxSlots is the largest number of goroutines that compute parts of one Work.
var MaxSlots = min(runtime.NumCPU(), 64)

// Work is a computation that is cut into parts.
type Work struct {
	f     func(part, slot int)
	small bool          // not worth sharing; see Costs
	next  atomic.Uint64 // number of parts << 32 | parts claimed so far: one word, so that a late claim cannot mix two runs
	left  atomic.Int64  // parts that are not finished
	done  waiter        // the goroutine in Run, which waits for left to reach 0
}

// New returns a Work whose parts f computes. f may use scratch memory by slot: at any time at most one part runs in a
// slot, and slots go from 0 to MaxSlots−1.
func New(f func(part, slot int)) *Work {
	w := &Work{f: f}
	w.done.init()
	return w
}

// Run computes parts 0 to parts−1 and returns when all are done. Which part runs where and when must not matter to the
// result. The caller computes all parts itself if w is small (see Costs), if the pool is busy with another goroutine's
// Work, if several goroutines have called SideBySide, or if GOMAXPROCS is 1.
func (w *Work) Run(parts int) {
	helpers := 0
	if !w.small {
		helpers = pool.reserve(parts)
	}
	if helpers == 0 {
		for i := range parts {
			w.f(i, 0)
		}
		return
	}
	w.left.Store(int64(parts))
	w.next.Store(uint64(parts) << 32)
	pool.post(w, helpers)
	w.claim(0)
	w.done.wait(func() bool { return w.left.Load() == 0 })
	pool.busy.Store(false)
}

// claim computes parts until none is left to claim.
func (w *Work) claim(slot int) {
	for w.claimOne(slot) {
	}
}

// claimOne computes a part, and reports whether one was left to claim. A part that ends its goroutine, as
// runtime.Goexit does, is done too.
func (w *Work) claimOne(slot int) bool {
	claimed := w.next.Add(1)
	i, parts := int(claimed&0xffffffff)-1, int(claimed>>32)
	if i >= parts {
		return false
	}
	defer w.finish(slot)
	w.f(i, slot)
	return true
}

// finish notes that a part is done.
func (w *Work) finish(slot int) {
	if w.left.Add(-1) == 0 && slot != 0 {
		w.done.wake()
	}
}

// Range returns the items [from, to) of part i, if n items are cut into parts whose sizes differ by at most one.
func Range(i, parts, n int) (from, to int) {
	return i * n / parts, (i + 1) * n / parts
}
