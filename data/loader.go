package data

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strconv"

	"anneal/internal/memory"
	"anneal/internal/parallel"
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
	Augment  Compose // applied in this order to x of each sample; what mixes batches comes last
	Separate bool    // every affine part resamples by itself, as RandomAffine did in older versions of this package
	// Weights, one for each sample, make an epoch draw as many samples as the set has, with replacement, each with the
	// probability of its weight: PyTorch's WeightedRandomSampler. Each epoch draws anew, as Seed decides, whether it
	// shuffles or not. A sample that comes again is augmented anew. nil: every sample comes once
	Weights []float64
	// Workers is the number of goroutines that read, decode and augment samples, 0 for as many as there are processors
	// (runtime.GOMAXPROCS). Order and bits do not depend on it.
	Workers int
	// Ahead is the number of batches that are prepared while the loop uses another, 0 for 2. Each takes the memory of a
	// batch. If Workers and Ahead are 0 and the samples are in memory, one batch is prepared ahead, without goroutines
	// of its own: in the moments in which the steps of the loop leave a processor idle.
	Ahead int
	// Take says which batches of an epoch to read, counted from 0. The others come without samples, only with their
	// Index. nil: all
	Take func(batch int) bool
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

// aheadByDefault is Options.Ahead if that is 0.
const aheadByDefault = 2

// Loader makes the batches of a data set's epochs. Each epoch's order and augmentation depend only on the seed and on
// the epoch's number, so a loop can begin with any batch of any epoch. A set may be larger than memory: a Loader holds
// the samples of Ahead + 1 batches, and the number of each sample.
type Loader struct {
	set     Dataset
	options Options
	size    int          // floats per sample
	order   []int        // of the samples in the current epoch
	sampler *sampler     // nil without weights
	buffers []buffer     // one for the loop, the others to be prepared
	workers []*augmenter // one for each goroutine that reads; nil without augmentation
	mix     *mixing      // nil if nothing mixes
	taken   []int        // for each batch, how many before it are read; nil without Take
	passing bool         // batches are prepared in passing, not by goroutines of their own
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
	passing := o.Workers == 0 && o.Ahead == 0 && inMemory(set)
	if passing {
		o.Workers, o.Ahead = parallel.MaxSlots, 1
	}
	if err := o.complete(n); err != nil {
		return nil, err
	}
	if err := o.Augment.Check(FrameOf(set)); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	mix, err := newMixing(set, o.Augment)
	if err != nil {
		return nil, err
	}
	sampler, err := newSampler(o.Weights, n)
	if err != nil {
		return nil, err
	}
	l := &Loader{
		set: set, options: o, size: shape[0] * shape[1] * shape[2], order: make([]int, n), sampler: sampler, mix: mix,
		passing: passing,
	}
	if err := memory.Check(4 * int64(o.Ahead+1) * int64(o.Batch) * int64(l.size)); err != nil {
		return nil, fmt.Errorf("data: %s of %d samples of shape %v: %w", plural.Of(o.Ahead+1, "batch"), o.Batch, shape, err)
	}
	l.buffers = make([]buffer, o.Ahead+1)
	for i := range l.buffers {
		l.buffers[i].init(i, o.Batch, l.size, FieldsOf(set))
	}
	if o.Take != nil {
		l.taken = make([]int, l.Batches())
		for i := range l.taken[1:] {
			l.taken[i+1] = l.taken[i]
			if o.Take(i) {
				l.taken[i+1]++
			}
		}
	}
	l.workers = make([]*augmenter, o.Workers)
	if len(o.Augment) > 0 {
		for i := range l.workers {
			l.workers[i] = newAugmenter(o.Augment, FrameOf(set))
			if o.Separate {
				l.workers[i].worker.Separate()
			}
		}
	}
	return l, nil
}

// complete checks the options for a set of n samples, and sets those that are left to the Loader.
func (o *Options) complete(n int) error {
	for _, s := range []struct {
		name       string
		got, least int
	}{{"batch", o.Batch, 1}, {"workers", o.Workers, 0}, {"ahead", o.Ahead, 0}} {
		if s.got < s.least {
			return fmt.Errorf("data: %s: got %d, want at least %d", s.name, s.got, s.least)
		}
	}
	if o.DropLast && n < o.Batch {
		return fmt.Errorf("data: drop last: got %s, which make no batch of %d: want at least as many",
			plural.Of(n, "sample"), o.Batch)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Ahead == 0 {
		o.Ahead = aheadByDefault
	}
	o.Batch = min(o.Batch, n)
	o.Ahead = min(o.Ahead, (n-1)/o.Batch) // more batches than an epoch has are never ahead
	return nil
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
// epoch, none if from is not in [0, Batches). While the loop's body uses one batch, the next ones are prepared, as
// Options.Ahead says; what does so ends with the loop. The loop also ends, before its next batch, when ctx is done. A
// sample that cannot be read ends it with a SampleError, and with only the Index of the batch that it is in. A Loader
// serves one loop at a time.
func (l *Loader) Epoch(ctx context.Context, epoch, from int) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		if from < 0 || from >= l.Batches() || ctx.Err() != nil {
			return
		}
		l.arrange(epoch)
		p := l.newPreparation()
		defer p.end()
		for i := from; i < l.Batches(); i++ {
			if !l.takes(i) {
				if !yield(Batch{Index: i}, nil) {
					return
				}
				continue
			}
			if !p.finish(ctx, i) || ctx.Err() != nil {
				return
			}
			b := l.bufferOf(i)
			batch, err := Batch{Index: i}, b.err
			if err == nil {
				batch, err = l.mix.apply(b.Batch)
			}
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// takes reports whether a batch is read.
func (l *Loader) takes(batch int) bool { return l.options.Take == nil || l.options.Take(batch) }

// place returns how many batches of an epoch are read before this one.
func (l *Loader) place(batch int) int {
	if l.taken == nil {
		return batch
	}
	return l.taken[batch]
}

// arrange sets the order of an epoch and its augmentation. The names of their random streams count epochs from 1.
func (l *Loader) arrange(epoch int) {
	for i := range l.order {
		l.order[i] = i
	}
	switch {
	case l.sampler != nil:
		l.sampler.draw(l.order, l.options.Seed, strconv.Itoa(epoch+1))
	case l.options.Shuffle:
		stream.New(l.options.Seed, "shuffle", strconv.Itoa(epoch+1)).Shuffle(len(l.order), func(i, j int) {
			l.order[i], l.order[j] = l.order[j], l.order[i]
		})
	}
	for _, a := range l.workers {
		if a != nil {
			a.start(l.options.Seed, epoch+1)
		}
	}
	l.mix.start(l.options.Seed, epoch+1)
}
