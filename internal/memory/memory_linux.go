package memory

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// The limits of a container, as it sees them: cgroup v2 and v1. "max", or a number beyond all machines, is none.
var groups = []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}

var total = sync.OnceValue(func() int64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	least := uint64(info.Totalram) * uint64(info.Unit)
	var space syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &space) == nil {
		least = min(least, uint64(space.Cur))
	}
	for _, file := range groups {
		text, err := os.ReadFile(file)
		if n, bad := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil {
			least = min(least, n)
		}
	}
	return int64(min(least, 1<<62))
})
