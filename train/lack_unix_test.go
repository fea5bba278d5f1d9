//go:build unix

package train_test

import (
	"errors"
	"syscall"
	"testing"

	"anneal/runs"
	"anneal/train"
)

// TestLack takes all file descriptors while a run writes checkpoints and its last files, each time until the run says
// that it tries again. The run ends with the bits of one that never lacked any.
func TestLack(t *testing.T) {
	if !alone(t) {
		return
	}
	straight := settings[0].of(t)
	finished(t)(train.Run(t.Context(), straight))

	var all syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &all); err != nil {
		t.Fatal(err)
	}
	set := func(n uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: n, Max: all.Max}); err != nil {
			t.Fatal(err)
		}
	}
	c := settings[0].of(t)
	c.SaveEvery, c.Keep = 2, 2
	var told []string
	c.Observers = []runs.Observer{func(e runs.Event) error {
		switch e := e.(type) {
		case runs.Step:
			if e.Step%3 == 0 {
				set(0)
			}
		case runs.Retry:
			if !errors.Is(e.Err, syscall.EMFILE) {
				t.Errorf("%s: got %v, want %v", e.What, e.Err, syscall.EMFILE)
			}
			told = append(told, e.What)
			set(uint64(all.Cur))
		}
		return nil
	}}
	finished(t)(train.Run(t.Context(), c))
	if len(told) < 2 || told[0] != "checkpoint after step 3" {
		t.Errorf("got %q, want checkpoints that were tried again, the first after step 3", told)
	}
	sameRuns(t, c.Dir, straight.Dir)
}
