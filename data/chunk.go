package data

import (
	"context"
	"errors"
)

// preparation prepares the batches of a loop.
type preparation interface {
	// finish returns when batch number i is prepared, or reports false when ctx is done. It begins to prepare the next.
	finish(ctx context.Context, i int) bool
	end()
}

// newPreparation returns the loader's way to prepare batches.
func (l *Loader) newPreparation() preparation {
	if l.passing {
		return l.newPassing()
	}
	return l.newReading()
}

// chunksPerBatch is the largest number of chunks in a batch. A goroutine prepares a chunk at a time, and then lets
// others run: a training step that waits for its processor waits for a chunk, not for a batch.
const chunksPerBatch = 16

// chunk is some samples of a batch.
type chunk struct{ batch, number int }

// chunkSize returns how many samples a chunk has, but the last of a batch may have fewer.
func (l *Loader) chunkSize() int {
	if l.passing {
		return (numbersInPassing + l.size - 1) / l.size
	}
	return (l.options.Batch + chunksPerBatch - 1) / chunksPerBatch
}

// begin makes the buffer of batch number i ready for it, and returns the number of its chunks.
func (l *Loader) begin(i int) int {
	n, size := len(l.samplesOf(i)), l.chunkSize()
	chunks := (n + size - 1) / size
	l.bufferOf(i).begin(i, n, l.options.Batch, chunks)
	return chunks
}

var errGoexit = errors.New("data: reading a sample ended its goroutine")

// prepare reads and augments the samples of a chunk.
func (l *Loader) prepare(c chunk, a *augmenter) {
	b, err := l.bufferOf(c.batch), errGoexit
	defer func() { b.finish(c.number, err) }()
	err = l.read(b, c.batch, c.number*l.chunkSize(), a)
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
