//go:build unix

package live

import "syscall"

// openFiles returns how many files the program may have open.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 4 * maxConnections
	}
	return int(min(uint64(limit.Cur), 1<<20))
}
