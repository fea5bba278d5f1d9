package parallel

import (
	"sync"
	"sync/atomic"
)

// sideBySide counts the calls of SideBySide that have not ended.
var sideBySide atomic.Int64

// SideBySide declares that this goroutine computes beside others that declare it too, until end is called. While
// several do, each computes all parts of its Works itself, because a worker that helped one would take its processor
// from another. That finishes them all sooner than one after another on every processor. Results are the same to the
// bit.
func SideBySide() (end func()) {
	sideBySide.Add(1)
	return sync.OnceFunc(func() { sideBySide.Add(-1) })
}
