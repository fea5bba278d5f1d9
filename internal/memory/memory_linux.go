package memory

import (
	"bytes"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// The limits of a container, as it sees them: cgroup v2 and v1. "max", or a number beyond all machines, is none.
var groups = []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}

var total = sync.OnceValue(func() int64 { return min(machine(), space()) })

// machine returns the bytes of the machine, or of the container.
var machine = sync.OnceValue(func() int64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	least := uint64(info.Totalram) * uint64(info.Unit)
	for _, file := range groups {
		text, err := os.ReadFile(file)
		if n, bad := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil {
			least = min(least, n)
		}
	}
	return int64(min(least, unlimited))
})

const unlimited = 1 << 62

// space returns the largest size of the address space.
func space() int64 {
	var space syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &space) != nil {
		return unlimited
	}
	return int64(min(uint64(space.Cur), unlimited))
}

// left compares with the machine what the program uses, and with the address space what it has mapped: Go gives none of
// that back, and what is free of it may be in pieces.
func left() int64 {
	all := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(all)
	free := int64(all[1].Value.Uint64() + all[2].Value.Uint64())
	rest := machine() - (int64(all[0].Value.Uint64()) - free)
	if space := space(); space < unlimited {
		rest = min(rest, space-mapped()-reserve)
	}
	return rest
}

// reserve is what the heap may take of the address space beside what is checked: it grows by 64 MB at multiples of it,
// and small things add up.
const reserve = 256 << 20

// mapped returns how much of the address space the program has.
func mapped() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _, _ := bytes.Cut(text, []byte(" "))
	n, _ := strconv.ParseInt(string(pages), 10, 64) // the kernel writes digits
	return n * int64(os.Getpagesize())
}
