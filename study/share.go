package study

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"anneal/internal/atomicfile"
	"anneal/internal/lease"
	"anneal/runs"
	"anneal/train"
)

// Share is the part of a study that one of several programs does, which share its folder: the cells i, in the order of
// Matrix.Cells, with i % Of = Index. The zero value is all of the study. The programs of a search do what no other one
// does, whatever their shares.
//
// The programs may run on any number of machines. Each cell is trained by one program at a time, even if shares
// overlap, or one is started twice: who trains it has its lease, a file in ClaimsFolder; see package internal/lease.
// A program waits for a cell that another one trains. If that one was killed, it continues its run: at once on the same
// machine, else after two minutes without a sign of life. So a share that is started again, anywhere, goes on.
type Share struct{ Index, Of int }

// ClaimsFolder is the folder in that of a study in shares that says who trains which cell.
const ClaimsFolder = "claims"

// Validate returns an error unless s is a share of some number.
func (s Share) Validate() error {
	if s != (Share{}) && !(s.Of >= 1 && 0 <= s.Index && s.Index < s.Of) {
		return fmt.Errorf("study: share %d/%d: want the number of a share from 1, and how many there are, such as 1/3",
			s.Index+1, s.Of)
	}
	return nil
}

// Has reports whether the share has cell i.
func (s Share) Has(i int) bool { return s.Of == 0 || s.Owner(i) == s.Index }

// Owner returns the Index of the share that has cell i.
func (s Share) Owner(i int) int { return i % max(1, s.Of) }

// shared reports whether other programs may work in the study's folder at the same time: c is a share of the study, or
// the study was begun in shares.
func (c Config) shared() bool {
	if c.Dir == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(c.Dir, ClaimsFolder))
	return c.Share.Of > 0 || err == nil
}

// exclusively calls work for a cell while no other program of a study in shares works on it. It waits for one that
// does. If another program takes the cell over, since this one was stopped for long, the next event ends the work, and
// exclusively waits again.
func (c Config) exclusively(
	ctx context.Context, cell Cell, observe Observer, work func(Observer) (*train.Result, error),
) (*train.Result, error) {
	if c.leases == nil {
		return work(observe)
	}
	for {
		result, err := c.once(ctx, cell, observe, work)
		if !errors.Is(err, lease.ErrLost) || ctx.Err() != nil {
			return result, err
		}
	}
}

// once is exclusively until the lease is lost.
func (c Config) once(
	ctx context.Context, cell Cell, observe Observer, work func(Observer) (*train.Result, error),
) (*train.Result, error) {
	held, err := c.leases.Take(ctx, cell.Name())
	if err != nil {
		return nil, err
	}
	return c.hold(held, cell, observe, work)
}

// hold calls work for a cell with its lease, and releases that.
func (c Config) hold(
	held *lease.Lease, cell Cell, observe Observer, work func(Observer) (*train.Result, error),
) (result *train.Result, err error) {
	err = errors.Join(renew(c.Dir), renew(filepath.Join(c.Dir, cell.Name())))
	if err == nil {
		result, err = work(func(cell Cell, e runs.Event) error {
			if err := held.Check(); err != nil {
				return err
			}
			return observe(cell, e)
		})
	}
	if released := held.Release(); err == nil {
		err = released
	}
	return result, err
}

// renew makes a network file system look at what another machine has changed in a folder, if it is there: it does so
// where this machine changes something itself.
func renew(dir string) error {
	file, err := os.CreateTemp(dir, "renew.*.tmp")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(file.Close(), os.Remove(file.Name()))
	}
	if err != nil {
		return fmt.Errorf("study: %w", err)
	}
	return nil
}

// join writes study.json into a folder that several programs share, after checking that the folder is new or has this
// study. Of those that begin together, one writes it.
func (c Config) join(ctx context.Context, record *Record) error {
	was, err := readStudy(c.Dir)
	if err != nil {
		return err
	}
	if was != nil && !record.larger(was) {
		return c.same(record, was)
	}
	if was == nil {
		if err := c.new(); err != nil {
			return err
		}
	}
	held, err := c.leases.Take(ctx, StudyFile)
	if err != nil {
		return err
	}
	defer held.Release()
	if err := renew(c.Dir); err != nil {
		return err
	}
	if was, err = readStudy(c.Dir); err != nil {
		return err
	}
	if was != nil {
		if err := c.same(record, was); err != nil || !record.larger(was) {
			return err
		}
	}
	content, err := json.MarshalIndent(record, "", "  ")
	if err == nil {
		err = atomicfile.Write(filepath.Join(c.Dir, StudyFile), append(content, '\n'))
	}
	if err != nil {
		return fmt.Errorf("study: %w", err)
	}
	return nil
}

// larger reports whether r has more cells or epochs than an older record of the study.
func (r *Record) larger(was *Record) bool {
	return len(r.Cells) > len(was.Cells) || r.First.Epochs > was.First.Epochs
}

// new returns an error if a folder holds anything but what programs leave that begin a study in it. One that has
// study.json by now is that of a study, which another program has begun since.
func (c Config) new() error {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return fmt.Errorf("study: %w", err)
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == StudyFile }) {
		return nil
	}
	for _, e := range entries {
		if e.Name() != ClaimsFolder && !strings.HasSuffix(e.Name(), ".tmp") {
			return fmt.Errorf("study: %w", occupied(c.Dir, e.Name()))
		}
	}
	return nil
}

// claims returns the leases of a study in shares, else nil.
func (c Config) claims() *lease.Folder {
	if !c.shared() {
		return nil
	}
	return lease.In(filepath.Join(c.Dir, ClaimsFolder), c.silence)
}
