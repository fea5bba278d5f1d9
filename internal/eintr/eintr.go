// Package eintr calls the system again where a signal has interrupted a call, as Go's own packages do. Signals are
// common: Go's scheduler sends them to the program's own threads.
package eintr

import (
	"errors"
	"syscall"
)

// Retry calls f until its error is another than EINTR, or nil, and returns that.
func Retry(f func() error) error {
	for {
		if err := f(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
