package lease

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Lease is a lease that this program has. It beats by itself until it is released or lost.
type Lease struct {
	folder *Folder
	name   string
	stop   chan struct{}
	ended  sync.WaitGroup

	mu      sync.Mutex
	number  int
	beats   int
	heard   time.Time // the last beat that others can have seen
	gone    bool      // lost
	release sync.Once
}

// create creates the file of the lease, or reports that there is one. A file that was created may lack its line, if
// there is an error.
func (l *Lease) create() (created bool, err error) {
	begun := time.Now()
	file, err := os.OpenFile(l.folder.path(l.name, l.number), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	switch {
	case errors.Is(err, fs.ErrExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("lease: %w", err)
	}
	l.heard = begun
	_, err = file.WriteString(self().String())
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		err = fmt.Errorf("lease: %w", err)
	}
	return true, err
}

// begin lets the lease beat.
func (l *Lease) begin() {
	l.stop = make(chan struct{})
	l.ended.Go(func() {
		ticker := time.NewTicker(l.folder.silence / 8)
		defer ticker.Stop()
		for {
			select {
			case <-l.stop:
				return
			case <-ticker.C:
				if !l.beat() {
					return
				}
			}
		}
	})
}

// beat writes to the file of the lease, and reports whether the lease is still held.
func (l *Lease) beat() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.keep() {
		return false
	}
	// Clocks that stood still, as those of a paused virtual machine, do not tell that the lease was silent.
	if _, err := os.Lstat(l.folder.path(l.name, l.number+1)); err == nil {
		l.gone = true
		return false
	}
	begun := time.Now()
	h := self()
	l.beats++
	h.beat = l.beats
	if l.write(h) == nil {
		l.heard = begun
	}
	return true
}

// keep reports whether the lease is still held. If others may think that it is silent, it takes the next number, unless
// somebody has.
func (l *Lease) keep() bool {
	if l.gone || since(l.heard) < l.folder.silence*3/4 {
		return !l.gone
	}
	l.number++
	switch created, err := l.create(); {
	case created: // the next beat writes what the file may lack
	case err == nil || since(l.heard) > 2*l.folder.silence:
		l.gone = true
	default:
		l.number-- // the folder cannot be reached, by others perhaps neither
	}
	return !l.gone
}

// since returns how long ago t was. While a machine is suspended, its monotonic clock may stand still; the other runs.
func since(t time.Time) time.Duration {
	now := time.Now()
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}

// write overwrites the file of the lease.
func (l *Lease) write(h holder) error {
	file, err := os.OpenFile(l.folder.path(l.name, l.number), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte(h.String()), 0)
	return errors.Join(err, file.Sync(), file.Close())
}

// Check returns ErrLost if the lease is lost. It is cheap, unless the program has just been stopped for long.
func (l *Lease) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.keep() {
		return ErrLost
	}
	return nil
}

// Release gives the lease up.
func (l *Lease) Release() (err error) {
	l.release.Do(func() {
		close(l.stop)
		l.ended.Wait()
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.gone {
			return
		}
		h := self()
		h.released = true
		if err = l.write(h); err != nil {
			err = fmt.Errorf("lease: %w", err)
		}
	})
	return err
}
