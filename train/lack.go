package train

import (
	"errors"
	"slices"
	"syscall"
	"time"

	"anneal/runs"
)

// lackLimit is how long a run waits for what it lacks to write a file, and lackPause how long it waits before it first
// tries again.
const (
	lackLimit = 30 * time.Second
	lackPause = 50 * time.Millisecond
)

// patiently writes a file. If something is lacking that may be there again in a moment, it tells the observers, and
// tries again for up to half a minute. It returns any other error at once.
func (r *run) patiently(what string, write func() error) error {
	began := time.Now()
	for pause := lackPause; ; pause *= 2 {
		err := write()
		if !lacks(err) || time.Since(began)+pause > lackLimit {
			return err
		}
		if pause == lackPause {
			if err := r.tell(runs.Retry{What: what, Err: err, Limit: lackLimit}); err != nil {
				return err
			}
		}
		time.Sleep(pause)
	}
}

// lacks reports whether an error comes from what others use up and give back: file descriptors, memory, or room on a
// disk.
func lacks(err error) bool {
	return slices.ContainsFunc([]error{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOSPC, syscall.EDQUOT, syscall.EAGAIN,
	}, func(lack error) bool { return errors.Is(err, lack) })
}
