package kernels

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// work is a computation cut into parts, run by the goroutine that asks for it and the pool's workers together. A plan
// makes one with newWork and runs it every step, so that a run allocates nothing.
//
// The parts are claimed one by one: a worker that the system has put aside holds up no part but the one it was computing.
type work struct {
	f    func(part, slot int)
	next atomic.Uint64 // number of parts << 32 | parts claimed so far: one word, so that a late claim cannot mix two runs
	left atomic.Int64  // parts not finished
	done waiter        // the goroutine in run, waiting for left to reach 0
}

// newWork returns a work whose parts f computes. f may use scratch memory by slot: at any time at most one part runs in a
// slot, and slots go from 0 to maxSlots-1.
func newWork(f func(part, slot int)) *work {
	w := &work{f: f}
	w.done.init()
	return w
}

// maxSlots is the largest number of goroutines that compute parts of one work.
var maxSlots = min(runtime.NumCPU(), 64)

// run computes parts 0 to parts-1 and returns when all are done. When the pool is busy with another goroutine's work, when
// several programs run side by side, or there is but one processor to use, the caller computes all of them.
func (w *work) run(parts int) {
	helpers := min(runtime.GOMAXPROCS(0), maxSlots, parts) - 1
	if helpers <= 0 || besides.Load() > 1 || !pool.busy.CompareAndSwap(false, true) {
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

// besides counts the calls of SideBySide that have not ended.
var besides atomic.Int64

// SideBySide says that from now on, until end is called, a goroutine runs works of its own beside others that say so too. While
// there are several, each computes its works alone: a worker that helped one would take its processor from another.
func SideBySide() (end func()) {
	besides.Add(1)
	return sync.OnceFunc(func() { besides.Add(-1) })
}

// claim computes parts until none is left to claim.
func (w *work) claim(slot int) {
	for {
		claimed := w.next.Add(1)
		i, parts := int(claimed&0xffffffff)-1, int(claimed>>32)
		if i >= parts {
			return
		}
		w.f(i, slot)
		if w.left.Add(-1) == 0 && slot != 0 {
			w.done.wake()
		}
	}
}

// pool holds the workers. They live as long as the process and sleep when there is nothing to do.
var pool workers

type workers struct {
	busy    atomic.Bool // a work is posted
	start   sync.Once
	posted  atomic.Uint64 // counts posts, so that a worker sees a new one
	work    atomic.Pointer[work]
	helpers atomic.Int64 // workers 1 to helpers take part
	waiting []*waiter    // by slot; slot 0 is the caller's
}

func (p *workers) post(w *work, helpers int) {
	p.start.Do(func() {
		p.waiting = make([]*waiter, maxSlots)
		for slot := 1; slot < maxSlots; slot++ {
			p.waiting[slot] = new(waiter)
			p.waiting[slot].init()
			go p.serve(slot)
		}
	})
	p.work.Store(w)
	p.helpers.Store(int64(helpers))
	p.posted.Add(1)
	for slot := 1; slot <= helpers; slot++ {
		p.waiting[slot].wake()
	}
}

func (p *workers) serve(slot int) {
	var seen uint64
	isNew := func() bool { return p.posted.Load() != seen && int64(slot) <= p.helpers.Load() }
	for {
		p.waiting[slot].wait(isNew)
		seen = p.posted.Load()
		p.work.Load().claim(slot)
	}
}

// waiter lets one goroutine wait for a condition: it spins for a while, since sleeping and waking costs far more than
// most works, then sleeps.
//
// How long it spins adapts: it doubles, up to longestSpin, as long as that would have been enough, and is halved when a
// wait took longer. If the system took the processor away during the spin, others need it, and the next is the shortest.
// An idle program sleeps.
//
// While it spins it yields to the program's other goroutines and to other threads: Gorgonia's machine hands its work from
// thread to thread, and the next thread may wait for just this processor. Where other programs compute, a yield gives them
// the processor for far longer than that, so after such a loss the next waits do without.
type waiter struct {
	spin     time.Duration
	selfish  int // waits that will not yield to other threads
	sleeping atomic.Bool
	woken    chan time.Time // when
}

const (
	longestSpin  = 250 * time.Microsecond
	shortestSpin = 5 * time.Microsecond
	takenAway    = 150 * time.Microsecond // a pause this long between two looks at the clock
	selfishWaits = 64
	briefly      = 3 * time.Microsecond // without other goroutines: two that yield at once may change processors, away from their caches
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
	w.selfish = max(w.selfish-1, 0)
	start := time.Now()
	took := time.Duration(0) // without what waking takes
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

// spinFor reports whether ready came true while spinning. The time of the program's other goroutines is not counted as taken
// away by the system.
func (w *waiter) spinFor(start time.Time, ready func() bool) bool {
	begun := time.Since(start)
	for now := begun; now < begun+w.spin; {
		for range 50 {
			if ready() {
				return true
			}
		}
		if w.selfish == 0 {
			yieldThread()
		}
		if away := time.Since(start) - now; away > takenAway {
			w.spin, w.selfish = shortestSpin, selfishWaits
			return ready()
		}
		if now-begun > briefly {
			runtime.Gosched()
		}
		now = time.Since(start)
	}
	return ready()
}
