package data

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fielded is a data set whose samples have their number as a field, too. It notes the last one that was read, and calls
// at before it reads a sample.
type fielded struct {
	Dataset
	last *atomic.Int64
	at   func(i int) error
}

func (f fielded) XShape() []int   { return []int{1, 1, 1} }
func (f fielded) Fields() []Field { return []Field{{Name: "number", Ints: true}} }

func (f fielded) Read(i int, x []float32) (int32, error) {
	for {
		last := f.last.Load()
		if int64(i) <= last || f.last.CompareAndSwap(last, int64(i)) {
			break
		}
	}
	if f.at != nil {
		if err := f.at(i); err != nil {
			return 0, err
		}
	}
	return f.Dataset.Read(i, x)
}

func (f fielded) ReadField(i, _ int, _ []float32, ints []int32) error {
	ints[0] = int32(i)
	return nil
}

// spell returns all that the batches of two epochs have, or their error.
func spell(t testing.TB, set Dataset, o Options) string {
	t.Helper()
	l := loader(t, set, o)
	var text strings.Builder
	for epoch := range 2 {
		for b, err := range l.Epoch(context.Background(), epoch, 0) {
			fmt.Fprintln(&text, b.Index, b.X, b.Labels, b.Fields, err)
		}
	}
	return text.String()
}

// Neither the order nor the bits of batches, nor which error ends them, depend on how many goroutines read how far
// ahead.
func TestWorkers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(r, "samples")
		bad := rapid.SliceOfN(rapid.IntRange(0, 99), 0, 3).Draw(r, "bad samples")
		set := fielded{numbered(t, n), new(atomic.Int64), func(i int) error {
			if slices.Contains(bad, i) {
				return errors.New("bad")
			}
			return nil
		}}
		o := Options{
			Batch: rapid.IntRange(1, 40).Draw(r, "batch"), Shuffle: true, Seed: rapid.Uint64().Draw(r, "seed"),
			Augment: Compose{GaussianNoise{Sigma: 1}}, Workers: 1, Ahead: 1,
		}
		want := spell(t, set, o)
		o.Workers, o.Ahead = rapid.IntRange(0, 9).Draw(r, "workers"), rapid.IntRange(0, 5).Draw(r, "ahead")
		if got := spell(t, set, o); got != want {
			r.Fatalf("%d workers, %d ahead: got\n%s\nwant\n%s", o.Workers, o.Ahead, got, want)
		}
	})
}

// The goroutines read so many batches ahead of the loop, and no more.
func TestAhead(t *testing.T) {
	for _, ahead := range []int{1, 2, 5} {
		set := fielded{Dataset: numbered(t, 100), last: new(atomic.Int64)}
		for b := range loader(t, set, Options{Batch: 4, Ahead: ahead}).Epoch(t.Context(), 0, 0) {
			for range 50 {
				runtime.Gosched()
			}
			if last, most := int(set.last.Load()), (b.Index+ahead+1)*4-1; last > most {
				t.Fatalf("%d ahead: with batch %d in use, sample %d was read, want %d at most", ahead, b.Index, last, most)
			}
		}
	}
}

// A Read that ends its goroutine, as testing.T's Fatal does, is an error like any other.
func TestGoexit(t *testing.T) {
	before := runtime.NumGoroutine()
	set := fielded{numbered(t, 100), new(atomic.Int64), func(i int) error {
		if i >= 20 {
			runtime.Goexit()
		}
		return nil
	}}
	var last error
	batches := 0
	for _, err := range loader(t, set, Options{Batch: 5, Workers: 2}).Epoch(t.Context(), 0, 0) {
		batches, last = batches+1, err
	}
	if batches != 5 || !errors.Is(last, errGoexit) {
		t.Errorf("got %d batches and %v", batches, last)
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
