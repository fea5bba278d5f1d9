package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// pool holds the workers. They live as long as the process, and sleep when there is nothing to do.
var pool workers

type workers struct {
	busy    atomic.Bool          // a Work is posted
	ahead   atomic.Pointer[Work] // begun, for workers that have nothing else to do
	start   sync.Once
	posted  atomic.Uint64 // counts posts, so that a worker sees a new one
	work    atomic.Pointer[Work]
	helpers atomic.Int64 // workers 1 to helpers take part
	waiting []*waiter    // by slot; slot 0 is the caller's
}

// reserve makes the pool busy for a Work of so many parts, and returns how many workers can help with it: 0, with the
// pool as it was, if none can.
func (p *workers) reserve(parts int) int {
	helpers := min(runtime.GOMAXPROCS(0), MaxSlots, parts) - 1
	if helpers <= 0 || sideBySide.Load() > 1 || !p.busy.CompareAndSwap(false, true) {
		return 0
	}
	return helpers
}

// post wakes the workers 1 to helpers to compute parts of w.
func (p *workers) post(w *Work, helpers int) {
	p.start.Do(func() {
		p.waiting = make([]*waiter, MaxSlots)
		for slot := 1; slot < MaxSlots; slot++ {
			p.waiting[slot] = new(waiter)
			p.waiting[slot].init()
			p.waiting[slot].pastime = func() bool { return p.computeAhead(slot) }
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

// serve runs the worker in a slot. If a part ends its goroutine, another serves.
func (p *workers) serve(slot int) {
	defer func() { go p.serve(slot) }()
	var seen uint64
	isNew := func() bool { return p.posted.Load() != seen && int64(slot) <= p.helpers.Load() }
	for {
		p.waiting[slot].wait(isNew)
		seen = p.posted.Load()
		p.work.Load().claim(slot)
	}
}
