package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// memory has what a process used at moments of its life, in kilobytes.
type memory struct {
	name    string
	process *exec.Cmd
	samples []int
}

// sample looks at the memory of processes 200 times, as long as it is told. Their logs are in dir.
func sample(t *testing.T, of []*memory, length time.Duration, dir string) {
	t.Helper()
	for range 200 {
		for _, m := range of {
			kilobytes, there := residentSet(t, m.process)
			if !there {
				_ = m.process.Wait()                                     // the state tells
				log, _ := os.ReadFile(filepath.Join(dir, m.name+".log")) // none will do
				t.Fatalf("%s has ended: %v, %s", m.name, m.process.ProcessState, log)
			}
			m.samples = append(m.samples, kilobytes)
		}
		time.Sleep(length / 200)
	}
}

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// residentSet returns the kilobytes of memory that a process uses, if it is there.
func residentSet(t *testing.T, c *exec.Cmd) (kilobytes int, there bool) {
	t.Helper()
	found := resident.FindSubmatch(content(t, "/proc", strconv.Itoa(c.Process.Pid), "status"))
	if found == nil {
		return 0, false
	}
	kilobytes, _ = strconv.Atoi(string(found[1])) // they are digits
	return kilobytes, true
}

// check compares the mean of the last quarter with that of the second one, when all clients have come.
func (m *memory) check(t *testing.T) {
	t.Helper()
	mean := func(list []int) int {
		sum := 0
		for _, v := range list {
			sum += v
		}
		return sum / max(1, len(list))
	}
	n := len(m.samples) / 4
	var moments []string
	for i := range 5 {
		moments = append(moments, fmt.Sprint(m.samples[i*(len(m.samples)-1)/4]>>10))
	}
	figure(t, "memory of "+m.name+" at the beginning, after each quarter", "%s MB", strings.Join(moments, ", "))
	first, last := mean(m.samples[n:2*n]), mean(m.samples[3*n:])
	if last > first+first/10+16<<10 {
		t.Errorf("memory of %s: %d kB, at the end %d kB, want no more than at first", m.name, first, last)
	}
}

// processorTime returns what a process has taken of the processor.
func processorTime(t *testing.T, c *exec.Cmd) time.Duration {
	t.Helper()
	stat := string(content(t, "/proc", strconv.Itoa(c.Process.Pid), "stat"))
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]) // from the third on
	ticks := 0
	for _, field := range fields[11:13] { // utime and stime
		n, _ := strconv.Atoi(field) // they are digits
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
