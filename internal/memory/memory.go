// Package memory tells how much memory a program may have and has left, so that what needs more is an error and not its
// end: Go ends a program for which an allocation has no memory, and so does Linux.
package memory

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Total returns how many bytes this program may have: those of the machine, or fewer if the address space is limited
// (ulimit -v) or a container is (cgroup). It is 0 where the system does not say.
func Total() int64 { return total() }

// Left returns how many of the Total bytes the program has neither taken yet, garbage among them, nor claimed. It is 0
// where the system does not say.
func Left() int64 { return max(0, left()-claimed.Load()) }

// claimed is what Claim has set aside.
var claimed atomic.Int64

// Claim sets bytes aside which owner will need, until release is called or owner is garbage.
func Claim[T any](owner *T, bytes int64) (release func()) {
	claimed.Add(bytes)
	release = sync.OnceFunc(func() { claimed.Add(-bytes) })
	runtime.AddCleanup(owner, func(release func()) { release() }, release)
	return release
}

// Shortage is the error of something for which there is no memory.
type Shortage struct {
	Bytes, Left int64
}

func (e *Shortage) Error() string {
	return fmt.Sprintf("%.0f MB of memory, but %.0f are left of %.0f", mega(e.Bytes), mega(e.Left), mega(Total()))
}

func mega(bytes int64) float64 { return float64(bytes) / 1e6 }

// small is the largest number of bytes that is not worth a question.
const small = 1 << 20

// Check returns a *Shortage if so many bytes are not left, even without garbage.
func Check(bytes int64) error {
	if bytes <= small || Total() == 0 || bytes <= Left() {
		return nil
	}
	for range collections {
		runtime.GC()
		time.Sleep(10 * time.Millisecond) // other goroutines end the claims of what was garbage
		if bytes <= Left() {
			return nil
		}
	}
	return &Shortage{bytes, Left()}
}

// collections is how often Check collects garbage: what has a finalizer goes in the second one at the earliest.
const collections = 3

// Make returns a slice of n zeros. It panics with a *Shortage if there is no memory for it.
func Make[T any](n int) []T {
	var zero T
	if err := Check(int64(n) * int64(unsafe.Sizeof(zero))); err != nil {
		panic(err)
	}
	return make([]T, n)
}
