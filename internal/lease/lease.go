// Package lease lets programs on any number of machines agree, through a folder that they share, who works on what.
//
// A lease of a name is a file NAME.1 in the folder. Who creates it has the lease, and rewrites the file again and
// again: it beats. When a lease was released, or has been silent for too long, the next one is NAME.2, and so on. Files
// are never removed, so a number has one creator, and who comes too late cannot create an older one.
//
// All that this needs of a file system is that of several programs that create a file exclusively one succeeds, and
// that a file that was written and closed is read as it is by who opens it later. NFS since version 3 has both, without
// locks, and so have the file systems of clusters. Clocks are not compared: each waiting program measures the silence
// by its own. On one machine, a lease whose program has ended is free at once.
//
// A program that was stopped, or cut off from the folder, for so long that others may have its lease, tries to create
// the next number itself before it goes on. If there is one already, the lease is lost. So it is if a beat finds one.
package lease

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"anneal/internal/bounded"
)

// Silence is the time after which a lease that does not beat is taken over.
const Silence = 2 * time.Minute

// maxFile is more than the bytes of a lease's file.
const maxFile = 4 << 10

// ErrLost is the error of a lease that was lost.
var ErrLost = errors.New("another program has taken it over, since this one was silent for too long")

// Folder is a folder of leases, as one program sees it.
type Folder struct {
	dir     string
	silence time.Duration

	mu      sync.Mutex
	watched map[string]*watched
}

// watched is a lease of another program.
type watched struct {
	number int
	beat   string // the content of its file
	since  time.Time
}

// In returns the folder of that name, which the first lease makes. A silence of 0 stands for Silence; it must be the
// same for all programs.
func In(dir string, silence time.Duration) *Folder {
	if silence == 0 {
		silence = Silence
	}
	return &Folder{dir: dir, silence: silence, watched: map[string]*watched{}}
}

// Take takes the lease of a name, waiting for others that have it. The error is that of ctx, or of the folder.
func (f *Folder) Take(ctx context.Context, name string) (*Lease, error) {
	for {
		l, err := f.Try(name)
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(min(f.silence/100, time.Second)):
		}
	}
}

// Try takes the lease of a name, or returns nil if another program has it. A program that calls Try again and again
// finds out that the other one is silent.
func (f *Folder) Try(name string) (*Lease, error) {
	if err := os.MkdirAll(f.dir, 0o777); err != nil {
		return nil, fmt.Errorf("lease: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.watched[name]
	if w == nil {
		w = &watched{}
		f.watched[name] = w
	}
	newest, err := f.newest(name)
	if err != nil {
		return nil, err
	}
	for {
		if newest > w.number {
			*w = watched{number: newest, since: time.Now()}
		}
		if w.number > 0 && !f.free(name, w) {
			return nil, nil
		}
		l := &Lease{folder: f, name: name, number: w.number + 1}
		switch created, err := l.create(); {
		case err != nil:
			return nil, err
		case created:
			delete(f.watched, name)
			l.begin()
			return l, nil
		}
		newest = l.number // which another program has created since
	}
}

// newest returns the highest number of a name, 0 if there is none.
func (f *Folder) newest(name string) (int, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return 0, fmt.Errorf("lease: %w", err)
	}
	newest := 0
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), name+"."); ok {
			if n, err := strconv.Atoi(number); err == nil {
				newest = max(newest, n)
			}
		}
	}
	return newest, nil
}

// free reports whether a lease was released, its program has ended, or it has been silent for too long.
func (f *Folder) free(name string, w *watched) bool {
	content, err := bounded.ReadFile(f.path(name, w.number), maxFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // not to be seen from here yet
		content = []byte(err.Error())
	}
	beat := string(content)
	h, ok := parse(beat)
	here := ok && h.machine != "" && h.machine == machine()
	if ok && h.released || here && !h.lives() {
		return true
	}
	if beat != w.beat {
		w.beat, w.since = beat, time.Now()
	}
	return !here && time.Since(w.since) > f.silence // here, its program is stopped, at most
}

func (f *Folder) path(name string, number int) string {
	return filepath.Join(f.dir, name+"."+strconv.Itoa(number))
}
