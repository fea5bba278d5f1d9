package app

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"anneal/internal/longtest"
)

// TestFaults makes a call of the system fail, or kills the program before it, the n-th time that one of its threads
// makes it. The program says so in few lines, or goes on, and the run can be finished afterwards, with the bits of one
// that was left alone.
func TestFaults(t *testing.T) {
	longtest.SkipIfShort(t, "runs a training with faults")
	longtest.SkipIfRace(t, "starts the program many times")
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace injects the faults: apt-get install strace")
	}
	calls, most := []string{"openat", "write", "fsync", "renameat", "close", "unlinkat", "linkat", "flock", "read"}, 40
	faults := []string{"error=EIO", "error=ENOSPC", "error=EMFILE", "error=EACCES", "signal=KILL"}
	if !longtest.Full() {
		calls, faults, most = []string{"write", "renameat"}, []string{"error=EIO", "signal=KILL"}, 2
	}
	count, ended := 0, 0
	for _, call := range calls {
		for _, fault := range faults {
			for n := 1; n <= most; n++ {
				k := newKillable(t, t.TempDir(), 10)
				inject := fmt.Sprintf("inject=%s:%s:when=%d", call, fault, n)
				args := []string{"-f", "-qq", "-o", "trace", "-e", "trace=" + call, "-e", inject}
				program := command(t, k.dir, k.next(t)...)
				traced := exec.CommandContext(t.Context(), "strace", append(args, program.Args...)...)
				traced.Dir, traced.Env = program.Dir, program.Env
				var stderr bytes.Buffer
				traced.Stderr = &stderr
				if err := traced.Run(); err != nil && traced.ProcessState == nil {
					t.Fatal(err)
				}
				if !bytes.Contains(content(t, k.dir, "trace"), []byte("(INJECTED)")) &&
					!strings.Contains(fault, "KILL") {
					break // the run does not call as often
				}
				count++
				code := traced.ProcessState.ExitCode()
				what := fmt.Sprintf("%s %s, time %d", call, fault, n)
				if code != exitOK {
					ended++
				}
				waker := strings.Contains(stderr.String(), "netpollBreak") // Go's runtime wants its own writes to succeed
				if (code > exitFailed || strings.Count(stderr.String(), "\n") > 3) && !waker {
					t.Errorf("%s: got code %d, %s", what, code, &stderr)
				}
				k.finish(t)
				if t.Failed() {
					t.Fatal(what)
				}
			}
		}
	}
	t.Logf("%d faults, %d of which ended the run", count, ended)
}
