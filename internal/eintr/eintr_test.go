package eintr_test

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"anneal/internal/eintr"
)

func TestRetry(t *testing.T) {
	other := errors.New("other")
	for _, last := range []error{nil, other, syscall.EAGAIN} {
		calls := []error{
			syscall.EINTR, os.NewSyscallError("poll", syscall.EINTR), fmt.Errorf("flock: %w", syscall.EINTR), last, other,
		}
		n := 0
		err := eintr.Retry(func() error {
			n++
			return calls[n-1]
		})
		if err != last || n != 4 {
			t.Errorf("got %v after %d calls, want %v after 4", err, n, last)
		}
	}
}
