package data

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// reading is the goroutines that prepare the batches of a loop.
type reading struct {
	*Loader
	begun   int // the number of the batch after the last one that is begun
	chunks  chan chunk
	stopped atomic.Bool
	running sync.WaitGroup
}

// newReading starts the goroutines. They end with end.
func (l *Loader) newReading() *reading {
	r := &reading{Loader: l, chunks: make(chan chunk, len(l.buffers)*chunksPerBatch)}
	r.running.Add(len(l.workers))
	for _, a := range l.workers {
		go r.work(a)
	}
	return r
}

// finish waits for batch number i. It begins all batches that there are buffers for.
func (r *reading) finish(ctx context.Context, i int) bool {
	r.begun = max(r.begun, i)
	for ; r.begun < r.Batches() && r.place(r.begun) < r.place(i)+len(r.buffers); r.begun++ {
		if r.takes(r.begun) {
			r.begin(r.begun)
		}
	}
	select {
	case <-r.bufferOf(i).ready:
		return true
	case <-ctx.Done():
		return false
	}
}

// begin begins batch number i, whose buffer must be free.
func (r *reading) begin(i int) {
	for number := range r.Loader.begin(i) {
		r.chunks <- chunk{i, number}
	}
}

// end ends the goroutines, and returns when they have ended.
func (r *reading) end() {
	r.stopped.Store(true)
	close(r.chunks)
	r.running.Wait()
}

// work prepares chunks until there are no more. If a Read ends the goroutine, as runtime.Goexit does, a new goroutine
// prepares the others.
func (r *reading) work(a *augmenter) {
	over := false
	defer func() {
		if over {
			r.running.Done()
		} else {
			go r.work(a)
		}
	}()
	for c := range r.chunks {
		if !r.stopped.Load() {
			r.prepare(c, a)
			runtime.Gosched()
		}
	}
	over = true
}
