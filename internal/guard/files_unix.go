//go:build unix

package guard

import "syscall"

// openFiles returns how many files the program may have open.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1 << 20
	}
	return int(min(uint64(limit.Cur), 1<<20))
}
