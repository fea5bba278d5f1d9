package profile

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"anneal/data"
	"anneal/internal/memory"
)

// blockSize is how many samples are added up together. The blocks are then added in their order, so that sums do not
// depend on which goroutine read which block.
const blockSize = 512

// reading reads the samples of one part.
type reading struct {
	set     data.Dataset
	number  int // of the part
	skipBad bool
	series  []series
	xSeries int // how many of series are channels of x
	size    int // of x
	begin   []float64

	next, done atomic.Int64
	blocks     []block
	entries    []entry   // of samples that could be read
	targets    []float32 // of a set with one number as its target, by sample
	target     int       // the field that has it, or −1
	low, high  []float32 // of each number of x
}

// block is what some samples add up to.
type block struct {
	sums       []sums // by series
	classes    []int
	unreadable int
	err        error
}

func newReading(set data.Dataset, number int, skipBad bool) *reading {
	r := &reading{set: set, number: number, skipBad: skipBad, target: -1}
	r.series, r.xSeries = seriesOf(set)
	shape := set.Shape()
	r.size = shape[0] * shape[1] * shape[2]
	r.blocks = make([]block, (set.Len()+blockSize-1)/blockSize)
	r.entries = make([]entry, set.Len())
	for f, field := range data.FieldsOf(set) {
		if field.Name == data.TargetName && field.Size() == 1 && !field.Ints {
			r.target, r.targets = f, make([]float32, set.Len())
		}
	}
	r.low, r.high = extremes(r.size)
	return r
}

// check returns an error if there is no memory for what reading a sample takes, for each goroutine that reads.
func check(set data.Dataset) error {
	shape := set.Shape()
	size := int64(shape[0]) * int64(shape[1]) * int64(shape[2])
	const numbers = 3 // x, and the lowest and the highest value of each number
	readers := min(runtime.GOMAXPROCS(0), (set.Len()+blockSize-1)/blockSize)
	if err := memory.Check(4 * numbers * size * int64(readers+2)); err != nil {
		return fmt.Errorf("samples of shape %v: %w", shape, err)
	}
	return nil
}

// read reads all samples. The error is that of the first sample that cannot be read.
func (r *reading) read(ctx context.Context) error {
	if err := r.origin(); err != nil {
		return err
	}
	var wg sync.WaitGroup
	var merging sync.Mutex
	for range min(runtime.GOMAXPROCS(0), len(r.blocks)) {
		wg.Go(func() {
			s := r.newScratch()
			for ctx.Err() == nil {
				i := int(r.next.Add(1)) - 1
				if i >= len(r.blocks) {
					break
				}
				r.block(ctx, i, s)
			}
			merging.Lock()
			defer merging.Unlock()
			widen(r.low, r.high, s.low, s.high)
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, b := range r.blocks {
		if b.err != nil {
			return b.err
		}
	}
	r.entries = slices.DeleteFunc(r.entries, func(e entry) bool { return e.unread })
	return nil
}

// origin takes the first sample that can be read as the point about which sums are taken, which keeps their precision
// where numbers are large and alike.
func (r *reading) origin() error {
	s := r.newScratch()
	r.begin = make([]float64, len(r.series))
	for i := range r.set.Len() {
		err := s.read(r, i)
		if err == nil {
			for k := range r.series {
				r.begin[k] = s.first(r, k)
			}
			return nil
		}
		if !r.skipBad {
			return err
		}
	}
	return errors.New("none can be read")
}

// scratch is where a goroutine reads a sample.
type scratch struct {
	x         []float32
	fields    []data.Values
	label     int32
	bytes     []byte
	low, high []float32
}

func (r *reading) newScratch() *scratch {
	s := &scratch{x: make([]float32, r.size), fields: data.NewValues(r.set)}
	s.low, s.high = extremes(r.size)
	return s
}

func (s *scratch) read(r *reading, i int) (err error) {
	if s.label, err = data.Read(r.set, i, s.x); err != nil {
		return err
	}
	return data.ReadFields(r.set, i, s.fields)
}

// block reads the samples of a block.
func (r *reading) block(ctx context.Context, number int, s *scratch) {
	b := &r.blocks[number]
	b.sums, b.classes = make([]sums, len(r.series)), make([]int, r.set.Classes())
	for i := number * blockSize; i < min((number+1)*blockSize, r.set.Len()) && ctx.Err() == nil; i++ {
		r.done.Add(1)
		if err := s.read(r, i); err != nil {
			r.entries[i].unread = true
			b.unreadable++
			if !r.skipBad {
				b.err = err
				r.next.Store(int64(len(r.blocks))) // no other block is begun; those before this one are
				return
			}
			continue
		}
		s.add(r, b.sums)
		if k := int(s.label); k >= 0 && k < len(b.classes) {
			b.classes[k]++
		}
		r.entries[i] = s.entry(r, i)
		if r.target >= 0 {
			r.targets[i] = s.fields[r.target].Floats[0]
		}
	}
}

// part returns what the blocks add up to.
func (r *reading) part() Part {
	p := Part{Name: partNames[r.number], Samples: r.set.Len(), Constant: []int{}}
	total := make([]sums, len(r.series))
	if n := r.set.Classes(); n > 0 {
		p.Classes = make([]int, n)
	}
	for _, b := range r.blocks {
		p.Unreadable += b.unreadable
		for k := range total {
			total[k].merge(b.sums[k])
		}
		for k, n := range b.classes {
			p.Classes[k] += n
		}
	}
	for k, s := range r.series {
		p.Numbers = append(p.Numbers, total[k].numbers(s, r.begin[k]))
	}
	for i := range r.low {
		if r.low[i] == r.high[i] {
			p.Constant = append(p.Constant, i)
		}
	}
	return p
}
