//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package folderlock

import (
	"errors"
	"os"
	"syscall"

	"anneal/internal/eintr"
)

// lock locks the folder itself, through a file descriptor that the kernel closes when the program ends.
func lock(dir string, shared bool) (unlock func(), free bool) {
	d, err := os.Open(dir)
	if err != nil {
		return func() {}, true // whoever uses the folder will say so
	}
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	err = eintr.Retry(func() error { return syscall.Flock(int(d.Fd()), how|syscall.LOCK_NB) })
	if errors.Is(err, syscall.EWOULDBLOCK) {
		d.Close()
		return nil, false
	}
	return func() { d.Close() }, true
}
