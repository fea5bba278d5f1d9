package lease

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

// holder says in a lease's file who has it.
type holder struct {
	machine  string // "": not known, so that nobody can tell whether its process lives
	process  int
	started  string // when the process did, in the machine's own count
	host     string // for people
	released bool
	beat     int
}

// String returns a line of fixed length, so that each beat overwrites the whole of the one before.
func (h holder) String() string {
	state := "held"
	if h.released {
		state = "released"
	}
	return fmt.Sprintf("%-254s\n", fmt.Sprintf("%s %d machine=%.80s process=%d started=%s host=%.60s",
		state, h.beat, h.machine, h.process, h.started, h.host))
}

// parse reads a holder. A file that is being written may hold no whole one.
func parse(text string) (h holder, ok bool) {
	fields := strings.Fields(text)
	if len(fields) != 6 || !strings.HasSuffix(text, "\n") {
		return h, false
	}
	h.released = fields[0] == "released"
	if _, err := fmt.Sscan(fields[1], &h.beat); err != nil {
		return h, false
	}
	for i, dest := range []any{&h.machine, &h.process, &h.started, &h.host} {
		_, value, _ := strings.Cut(fields[2+i], "=")
		switch dest := dest.(type) {
		case *string:
			*dest = value
		case *int:
			if _, err := fmt.Sscan(value, dest); err != nil {
				return h, false
			}
		}
	}
	return h, true
}

// self returns the holder that this process is.
var self = sync.OnceValue(func() holder {
	host, _ := os.Hostname() // for people only
	h := holder{machine: machine(), process: os.Getpid(), host: strings.Join(strings.Fields(host), "-")}
	h.started = started(h.process)
	return h
})

// machine names the machine, since its start, and the space of its process numbers: two processes with the same name
// can look for each other. It is "" where there is no such name.
var machine = sync.OnceValue(machineName)

// lives reports whether the holder's process runs on this machine.
func (h holder) lives() bool { return h.started != "" && started(h.process) == h.started }
