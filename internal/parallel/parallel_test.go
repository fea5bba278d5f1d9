package parallel

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestWorkRunsEachPartOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 4, 64} {
		runtime.GOMAXPROCS(processors)
		var counts [100]atomic.Int32
		var inSlot [64]atomic.Int32
		w := New(func(part, slot int) {
			if inSlot[slot].Add(1) != 1 {
				t.Errorf("two parts in slot %d", slot)
			}
			counts[part].Add(1)
			inSlot[slot].Add(-1)
		})
		for run := range 2000 {
			parts := run % (len(counts) + 1)
			w.Run(parts)
			for i := range counts {
				want := int32(0)
				if i < parts {
					want = 1
				}
				if got := counts[i].Swap(0); got != want {
					t.Fatalf("%d processors, run %d: part %d of %d ran %d times", processors, run, i, parts, got)
				}
			}
		}
	}
}

func TestWorkFromManyGoroutines(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var sum atomic.Int64
			w := New(func(part, _ int) { sum.Add(int64(part)) })
			for range 500 {
				sum.Store(0)
				w.Run(20)
				if got := sum.Load(); got != 190 {
					t.Errorf("the parts' numbers add up to %d, want 190", got)
				}
			}
		})
	}
	all.Wait()
}

// Small works are computed by the caller, in order.
func TestCosts(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var order []int
	w := New(func(part, slot int) {
		if slot != 0 {
			t.Errorf("part %d is in slot %d, want 0", part, slot)
		}
		order = append(order, part)
	}).Costs(PartSize)
	for range 100 {
		order = order[:0]
		w.Run(8)
		if want := []int{0, 1, 2, 3, 4, 5, 6, 7}; !slices.Equal(order, want) {
			t.Fatalf("got parts %v, want %v", order, want)
		}
	}
	var helped atomic.Bool
	w = New(func(_, slot int) {
		if slot > 0 {
			helped.Store(true)
		}
		time.Sleep(100 * time.Microsecond)
	}).Costs(PartSize + 1)
	for range 20 {
		w.Run(8)
	}
	if !helped.Load() && MaxSlots > 1 {
		t.Error("with more to do: no worker computed a part")
	}
}

// A work may run another: its parts are then computed by the one goroutine.
func TestWorkWithinWork(t *testing.T) {
	var sum atomic.Int64
	within := [2]*Work{}
	for i := range within {
		within[i] = New(func(part, _ int) { sum.Add(1) })
	}
	New(func(part, _ int) { within[part].Run(10) }).Run(2)
	if got := sum.Load(); got != 20 {
		t.Errorf("%d parts ran, want 20", got)
	}
}

// While two goroutines run side by side, no worker helps either.
func TestSideBySide(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var helped atomic.Bool
	w := New(func(_, slot int) {
		if slot > 0 {
			helped.Store(true)
		}
		time.Sleep(100 * time.Microsecond)
	})
	first, second := SideBySide(), SideBySide()
	for range 20 {
		w.Run(8)
	}
	if helped.Load() {
		t.Error("with two side by side: a worker computed a part")
	}
	second()
	second() // only the first call counts
	for range 20 {
		w.Run(8)
	}
	if !helped.Load() && MaxSlots > 1 {
		t.Error("with one: no worker computed a part")
	}
	first()
	if n := sideBySide.Load(); n != 0 {
		t.Errorf("%d are left, want none", n)
	}
}
