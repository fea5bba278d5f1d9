package parallel

// Begin lets the pool's workers compute parts 0 to parts−1 of w while they have nothing else to do. End must follow
// before w is begun or run again. What Run runs goes before: a worker turns to it after the part that it computes, so
// parts should take some microseconds only. If another Work is begun already, workers compute nothing of w before End.
func (w *Work) Begin(parts int) {
	w.left.Store(int64(parts))
	w.next.Store(uint64(parts) << 32)
	if sideBySide.Load() <= 1 {
		pool.ahead.CompareAndSwap(nil, w)
	}
}

// End returns when all parts that Begin has begun are done. It computes the rest as Run would.
func (w *Work) End() {
	pool.ahead.CompareAndSwap(w, nil)
	if helpers := pool.reserve(w.unclaimed()); helpers > 0 {
		defer pool.busy.Store(false)
		pool.post(w, helpers)
	}
	w.claim(0)
	w.done.wait(func() bool { return w.left.Load() == 0 })
}

// unclaimed returns how many parts nobody has claimed.
func (w *Work) unclaimed() int {
	next := w.next.Load()
	return max(0, int(next>>32)-int(next&0xffffffff))
}

// computeAhead computes a part of the Work that is begun, and reports whether there was one.
func (p *workers) computeAhead(slot int) bool {
	w := p.ahead.Load()
	return w != nil && w.unclaimed() > 0 && w.claimOne(slot)
}
