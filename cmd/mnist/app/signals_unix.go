//go:build unix

package app

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"anneal/internal/eintr"
)

// ofClient reports whether signal says that a client of a page has left, and not who reads the output. It does, too,
// where the system cannot tell: who reads the output is missed again with the next line.
func ofClient(signal os.Signal) bool {
	if signal != syscall.SIGPIPE {
		return false
	}
	outputs := []unix.PollFd{{Fd: 1}, {Fd: 2}}
	err := eintr.Retry(func() error {
		_, err := unix.Poll(outputs, 0)
		return err
	})
	return err != nil || (outputs[0].Revents|outputs[1].Revents)&(unix.POLLERR|unix.POLLHUP) == 0
}

// lost returns the signals of a lost terminal, unless nohup made the program ignore them, and of a lost reader.
func lost() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{syscall.SIGPIPE}
	}
	return []os.Signal{syscall.SIGHUP, syscall.SIGPIPE}
}
