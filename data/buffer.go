package data

import (
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
