//go:build unix

package parallel

import (
	"syscall"
	"testing"
	"time"
)

// A program that waits uses no processor: the workers sleep soon after the last work.
func TestWorkersSleep(t *testing.T) {
	w := New(func(int, int) {})
	for range 100 {
		w.Run(8)
	}
	time.Sleep(20 * time.Millisecond)
	before := processorTime(t)
	time.Sleep(200 * time.Millisecond)
	if used := processorTime(t) - before; used > 50*time.Millisecond {
		t.Errorf("waiting for 200ms took %v of processor time", used)
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
