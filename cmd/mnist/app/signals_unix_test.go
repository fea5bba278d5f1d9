//go:build unix

package app

import (
	"sync/atomic"
	"syscall"
	"testing"
)

// A client that leaves ends nothing, whatever signals come in the meantime: those of Go's scheduler, of a profile of
// the processor, or of a user.
func TestClientLeavesAmongSignals(t *testing.T) {
	var over atomic.Bool
	defer over.Store(true)
	go func() {
		for !over.Load() {
			_ = syscall.Kill(syscall.Getpid(), syscall.SIGURG) // which Go's scheduler sends, too
		}
	}()
	for i := range 300_000 {
		if !ofClient(syscall.SIGPIPE) {
			t.Fatalf("call %d: the reader of the output is taken for lost", i)
		}
	}
}
