//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"errors"
	"os"
	"syscall"

	"anneal/internal/eintr"
)

// claim locks a file until it is closed, at the latest when the program ends. It returns false if another has locked
// it. Where the file system has no locks, it locks nothing.
func claim(f *os.File) bool { return !errors.Is(flock(f), syscall.EWOULDBLOCK) }

// removeUnlocked removes a file that no program has locked, as far as the file system can tell.
func removeUnlocked(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	if flock(f) == nil {
		os.Remove(path)
	}
}

func flock(f *os.File) error {
	return eintr.Retry(func() error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) })
}
