package study

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// A study that is stopped leaves the results of the runs that have ended, and has said how many had not.
func TestWritesAsRunsEnd(t *testing.T) {
	c := small(t)
	c.Dir, c.Jobs = t.TempDir(), 1
	stopped, stop := context.WithCancel(t.Context())
	defer stop()
	var open []int
	c.Written = func(r *Results) error {
		if open = append(open, r.Open); len(open) == 2 {
			stop()
		}
		return nil
	}
	if _, err := Run(stopped, c); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want %v", err, context.Canceled)
	}
	if want := []int{11, 10}; !slices.Equal(open, want) {
		t.Errorf("got %v runs open, want %v", open, want)
	}
	if got := read(t, c.Dir, ResultsCSV); strings.Count(got, "\n") != 3 {
		t.Errorf("got\n%s\nwant a head and two runs", got)
	}
}
