package data

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"anneal/internal/plural"
	"anneal/internal/stream"
)

// Options says how a Loader goes through its data set.
type Options struct {
	Batch int // samples per batch, at least 1; the last batch of an epoch has what remains
	// DropLast leaves out what remains if it makes no whole batch: with Shuffle, other samples in every epoch. It wants
	// at least Batch samples. It is PyTorch's drop_last.
	DropLast bool
	Shuffle  bool    // a new order each epoch, which Seed decides; else the order of the data set
	Seed     uint64  // decides the order and the augmentation
	Augment  Compose // applied in this order to x of each sample
	Separate bool    // every RandomAffine resamples by itself, as it did in older versions of this package
}

// Batch is some samples of an epoch. Its slices belong to the loader: they are valid until the loop asks for the next
// batch.
type Batch struct {
	X      []float32 // [N, C, H, W]
	Labels []int32   // [N]
	Fields []Values  // of a Fielder, in its order; else none
	Index  int       // which batch of the epoch, from 0
	buffer int       // which of the loader's buffers it is
}

// buffers is the number of batches in memory: one for the loop, one that is being prepared.
const buffers = 2

// Loader makes the batches of a data set's epochs. Each epoch's order and augmentation depend only on the seed and on
// the epoch's number, so a loop can begin with any batch of any epoch.
type Loader struct {
	set     Dataset
	options Options
	size    int   // floats per sample
	order   []int // of the samples in the current epoch
	buffers [buffers]Batch
	augment *augmenter
}

// NewLoader makes a Loader of a data set. An error names the setting, its value and what is allowed.
func NewLoader(set Dataset, o Options) (*Loader, error) {
	n, shape := set.Len(), set.Shape()
	if n < 1 {
		return nil, fmt.Errorf("data: samples: got %d, want at least 1", n)
	}
	if slices.Min(shape[:]) < 1 {
		return nil, fmt.Errorf("data: shape: got %v, want C, H and W of at least 1", shape)
	}
	if o.Batch < 1 {
		return nil, fmt.Errorf("data: batch: got %d, want at least 1", o.Batch)
	}
	if o.DropLast && n < o.Batch {
		return nil, fmt.Errorf("data: drop last: got %s, which make no batch of %d: want at least as many",
			plural.Of(n, "sample"), o.Batch)
	}
	if err := o.Augment.Check(FrameOf(set)); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	if o.Augment.Mixes() {
		return nil, fmt.Errorf("data: %v: it mixes batches, which a Loader does not do", o.Augment)
	}
	o.Batch = min(o.Batch, n)
	l := &Loader{set: set, options: o, size: shape[0] * shape[1] * shape[2], order: make([]int, n)}
	for i := range l.buffers {
		l.buffers[i] = Batch{
			X: make([]float32, o.Batch*l.size), Labels: make([]int32, o.Batch), Fields: newValues(FieldsOf(set), o.Batch),
			buffer: i,
		}
	}
	if len(o.Augment) > 0 {
		l.augment = newAugmenter(o.Augment, FrameOf(set))
		if o.Separate {
			l.augment.worker.Separate()
		}
	}
	return l, nil
}

// Batches returns the number of batches in an epoch.
func (l *Loader) Batches() int {
	if l.options.DropLast {
		return len(l.order) / l.options.Batch
	}
	return (len(l.order) + l.options.Batch - 1) / l.options.Batch
}

// Samples returns the number of samples in an epoch: all, or with DropLast those of its batches.
func (l *Loader) Samples() int { return min(l.Batches()*l.options.Batch, len(l.order)) }

// Epoch returns the batches of an epoch, counted from 0 as schedules count, from batch number from on: 0 for a whole
// epoch, none if from is not in [0, Batches). While the loop's body uses one batch, a goroutine that ends with the loop
// prepares the next. The loop also ends, before its next batch, when ctx is done. A sample that cannot be read ends it
// with a SampleError, in place of the batch that it is in. A Loader serves one loop at a time.
func (l *Loader) Epoch(ctx context.Context, epoch, from int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		free, ready := make(chan int, buffers), make(chan read)
		for i := range buffers {
			free <- i
		}
		l.arrange(epoch)
		go func() {
			defer close(ready)
			for i := from; 0 <= i && i < l.Batches(); i++ {
				select {
				case k := <-free:
					var r read
					r.Batch, r.err = l.read(i, k)
					select {
					case ready <- r:
						if r.err != nil {
							return
						}
					case <-ctx.Done():
						return
					}
				case <-ctx.Done():
					return
				}
			}
		}()
		defer func() {
			cancel()
			for range ready { // until the goroutine has left
			}
		}()
		for r := range ready {
			if ctx.Err() != nil || !yield(r.Batch, r.err) {
				return
			}
			free <- r.buffer
		}
	}
}

// read is a batch, or why there is none.
type read struct {
	Batch
	err error
}

// arrange sets the order of an epoch and its augmentation. The names of their random streams count epochs from 1.
func (l *Loader) arrange(epoch int) {
	for i := range l.order {
		l.order[i] = i
	}
	if l.options.Shuffle {
		stream.New(l.options.Seed, "shuffle", strconv.Itoa(epoch+1)).Shuffle(len(l.order), func(i, j int) {
			l.order[i], l.order[j] = l.order[j], l.order[i]
		})
	}
	if l.augment != nil {
		l.augment.start(l.options.Seed, epoch+1)
	}
}

// read fills buffer k with batch i.
func (l *Loader) read(i, k int) (Batch, error) {
	samples := l.order[i*l.options.Batch : min((i+1)*l.options.Batch, len(l.order))]
	b := l.buffers[k]
	b.Index, b.X, b.Labels = i, b.X[:len(samples)*l.size], b.Labels[:len(samples)]
	if len(samples) < l.options.Batch {
		b.Fields = newValues(FieldsOf(l.set), len(samples)) // once an epoch
	}
	for j, sample := range samples {
		x := b.X[j*l.size : (j+1)*l.size]
		var err error
		if b.Labels[j], err = Read(l.set, sample, x); err != nil {
			return Batch{}, err
		}
		if err := readFields(l.set, sample, b.Fields, j, len(samples)); err != nil {
			return Batch{}, err
		}
		if l.augment != nil {
			if err := l.augment.apply(x, sample); err != nil {
				return Batch{}, err
			}
		}
	}
	return b, nil
}
