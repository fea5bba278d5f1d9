package train

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"anneal/runs"
)

// A write is tried again as long as something is lacking, and told of once. Any other error ends it.
func TestPatiently(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}
	other := errors.New("other")
	for _, c := range []struct {
		errs []error // of the tries
		want error
		told int
	}{
		{[]error{nil}, nil, 0},
		{[]error{full, fmt.Errorf("b: %w", full), nil}, nil, 1},
		{[]error{full, other}, other, 1},
		{[]error{other}, other, 0},
		{[]error{fs.ErrPermission}, fs.ErrPermission, 0},
	} {
		told, tries := 0, 0
		r := &run{observers: []runs.Observer{func(runs.Event) error { told++; return nil }}}
		err := r.patiently("a", func() error { tries++; return c.errs[tries-1] })
		if !errors.Is(err, c.want) || told != c.told || tries != len(c.errs) {
			t.Errorf("%v: got %v, told %d times in %d tries, want %v, %d", c.errs, err, told, tries, c.want, c.told)
		}
	}
}
