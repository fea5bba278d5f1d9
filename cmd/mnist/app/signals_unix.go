//go:build unix

package app

import (
	"os"
	"os/signal"
	"syscall"
)

// lost returns the signals of a lost terminal, unless nohup made the program ignore them, and of a lost reader.
func lost() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{syscall.SIGPIPE}
	}
	return []os.Signal{syscall.SIGHUP, syscall.SIGPIPE}
}
