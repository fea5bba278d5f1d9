package lease

import (
	"fmt"
	"os"
	"strings"
)

func machineName() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil || started(os.Getpid()) == "" {
		return ""
	}
	return strings.TrimSpace(string(boot)) + "/" + space
}

// started returns when a process started, in ticks since the machine did, or "" if there is no such process or it has
// ended and its parent does not know yet.
func started(process int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return ""
	}
	// pid (name) state ppid … starttime …; the name may hold anything.
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndex(text, ")")+1:])
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return ""
	}
	return fields[19]
}
