package data

import (
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// buffer is where a batch is prepared.
type buffer struct {
	Batch
	whole []Values      // Fields of a batch of full size
	ready chan struct{} // has an element when the batch is prepared
	left  atomic.Int64  // chunks that are not prepared yet

	failing sync.Mutex
	err     error // of the first sample of the batch that cannot be read
	failed  int   // the chunk that it is in
}

func (b *buffer) init(i, batch, size int, fields []Field) {
	b.Batch = Batch{
		X: make([]float32, batch*size), Labels: make([]int32, batch), Fields: newValues(fields, batch), buffer: i,
	}
	b.whole = slices.Clone(b.Fields)
	b.ready = make(chan struct{}, 1)
}

// begin makes b batch number index, of n samples in so many chunks. It has room for full samples.
func (b *buffer) begin(index, n, full, chunks int) {
	select {
	case <-b.ready: // of an epoch whose loop has ended early
	default:
	}
	b.Index, b.err = index, nil
	b.X, b.Labels = b.X[:cap(b.X)/full*n], b.Labels[:n]
	for f, v := range b.whole {
		b.Fields[f].Floats, b.Fields[f].Ints = v.Floats[:len(v.Floats)/full*n], v.Ints[:len(v.Ints)/full*n]
	}
	b.left.Store(int64(chunks))
}

// finish notes that a chunk is prepared, or why not.
func (b *buffer) finish(chunk int, err error) {
	if err != nil {
		b.failing.Lock()
		if b.err == nil || chunk < b.failed {
			b.err, b.failed = err, chunk
		}
		b.failing.Unlock()
	}
	if b.left.Add(-1) == 0 {
		b.ready <- struct{}{}
	}
}

// chunksPerBatch is the largest number of chunks in a batch. A goroutine prepares a chunk at a time, and then lets
// others run: a training step that waits for its processor waits for a chunk, not for a batch.
const chunksPerBatch = 16

// chunk is some samples of a batch.
type chunk struct{ batch, number int }

// reading is the goroutines that prepare the batches of a loop.
type reading struct {
	*Loader
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

// begin begins batch number i, whose buffer must be free.
func (r *reading) begin(i int) {
	n := len(r.samplesOf(i))
	size := r.chunkSize()
	chunks := (n + size - 1) / size
	r.bufferOf(i).begin(i, n, r.options.Batch, chunks)
	for number := range chunks {
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

var errGoexit = errors.New("data: reading a sample ended its goroutine")

// prepare reads and augments the samples of a chunk.
func (r *reading) prepare(c chunk, a *augmenter) {
	b, err := r.bufferOf(c.batch), errGoexit
	defer func() { b.finish(c.number, err) }()
	err = r.read(b, c.batch, c.number*r.chunkSize(), a)
}

// read reads and augments a chunk of the samples of a batch, from its sample number first on, into b.
func (l *Loader) read(b *buffer, batch, first int, a *augmenter) (err error) {
	samples := l.samplesOf(batch)
	for j := first; j < min(first+l.chunkSize(), len(samples)); j++ {
		x := b.X[j*l.size : (j+1)*l.size]
		if b.Labels[j], err = Read(l.set, samples[j], x); err != nil {
			return err
		}
		if err = readFields(l.set, samples[j], b.Fields, j, len(samples)); err != nil {
			return err
		}
		if a == nil {
			continue
		}
		draw := samples[j]
		if l.sampler != nil { // a sample can come again
			draw = len(l.order) + batch*l.options.Batch + j
		}
		if err = a.apply(x, samples[j], draw); err != nil {
			return err
		}
	}
	return nil
}

// samplesOf returns the samples of batch number i.
func (l *Loader) samplesOf(i int) []int {
	return l.order[i*l.options.Batch : min((i+1)*l.options.Batch, len(l.order))]
}

func (l *Loader) bufferOf(batch int) *buffer { return &l.buffers[l.place(batch)%len(l.buffers)] }

func (l *Loader) chunkSize() int { return (l.options.Batch + chunksPerBatch - 1) / chunksPerBatch }
