package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What is begun computes each part once, in slots of their own, whatever is run before it ends.
func TestBegin(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(processors)
		var all sync.WaitGroup
		for range 3 { // one of them has the workers
			all.Go(func() {
				var counts [100]atomic.Int32
				var inSlot [64]atomic.Int32
				var ran atomic.Int64
				ahead := New(func(part, slot int) {
					if inSlot[slot].Add(1) != 1 {
						t.Errorf("two parts in slot %d", slot)
					}
					counts[part].Add(1)
					inSlot[slot].Add(-1)
				})
				work := New(func(int, int) { ran.Add(1) })
				for round := range 300 {
					parts := round % (len(counts) + 1)
					ahead.Begin(parts)
					for range round % 4 {
						work.Run(8)
					}
					ahead.End()
					for i := range counts {
						want := int32(0)
						if i < parts {
							want = 1
						}
						if got := counts[i].Swap(0); got != want {
							t.Errorf("%d processors, round %d: part %d of %d ran %d times", processors, round, i, parts, got)
							return
						}
					}
				}
				if got := ran.Load(); got != 300*12 {
					t.Errorf("%d parts ran in between, want %d", got, 300*12)
				}
			})
		}
		all.Wait()
	}
}

// Workers compute what is begun while the program does something else, and one whose part ends its goroutine goes on.
func TestAhead(t *testing.T) {
	if MaxSlots < 2 {
		t.Skip("one processor: there are no workers")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var ahead atomic.Int64
	w := New(func(part, slot int) {
		if slot == 0 {
			return
		}
		ahead.Add(1)
		if part%2 == 0 {
			runtime.Goexit()
		}
	})
	step := New(func(int, int) {})
	for start := time.Now(); ahead.Load() < 20 && time.Since(start) < 10*time.Second; {
		w.Begin(4)
		for range 50 {
			step.Run(4)
		}
		w.End()
	}
	if got := ahead.Load(); got < 20 {
		t.Errorf("the workers computed %d parts, want some", got)
	}
}
