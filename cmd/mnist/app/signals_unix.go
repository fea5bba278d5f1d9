//go:build unix

package app

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// ofClient reports whether signal says that a client of a page has left, and not who reads the output.
func ofClient(signal os.Signal) bool {
	if signal != syscall.SIGPIPE {
		return false
	}
	outputs := []unix.PollFd{{Fd: 1}, {Fd: 2}}
	if _, err := unix.Poll(outputs, 0); err != nil {
		return false
	}
	return (outputs[0].Revents|outputs[1].Revents)&(unix.POLLERR|unix.POLLHUP) == 0
}

// lost returns the signals of a lost terminal, unless nohup made the program ignore them, and of a lost reader.
func lost() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{syscall.SIGPIPE}
	}
	return []os.Signal{syscall.SIGHUP, syscall.SIGPIPE}
}
