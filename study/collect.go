package study

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"anneal/runs"
	"anneal/train"
)

// ErrOpen is wrapped by the error of Collect if runs have not ended.
var ErrOpen = errors.New("not all runs have ended")

// Collect writes the results of a study in shares, and trains nothing. c is what one of the shares had. If all runs
// have ended the files are, except for seconds, those of a study that one program did. If not, they have the runs that
// have, and the error, which wraps ErrOpen, names one that has not; the Results are there all the same.
func Collect(ctx context.Context, c Config) (*Results, error) {
	if c.Dir == "" {
		return nil, errors.New("study: collect: want the Dir of a study")
	}
	cells, record, err := c.prepare(ctx)
	if err != nil {
		return nil, err
	}
	was, err := readStudy(c.Dir)
	switch {
	case err != nil:
		return nil, err
	case was == nil:
		return nil, fmt.Errorf("study: collect: there is no %s in %s: want the folder of a study", StudyFile, c.Dir)
	}
	if err := c.same(record, was); err != nil {
		return nil, err
	}
	if c.Search != nil {
		return c.collectSearch(record)
	}
	g := newGathering(c, cells, record)
	if err := g.write(); err != nil {
		return nil, err
	}
	if err := first(g.failures()); err != nil {
		return nil, err
	}
	if r := g.results; r.Open > 0 {
		return r, fmt.Errorf("study: collect: %d of %d: %w, such as %s", len(r.Cells), len(cells), ErrOpen, g.waiting())
	}
	return g.results, nil
}

// gathering collects the results of a study as its runs end, in several programs if it is in shares.
type gathering struct {
	Config
	record  *Record
	cells   []Cell
	mu      sync.Mutex
	known   []*Result // of cells, nil if the run has not ended
	broken  []error   // of cells, why their folders cannot be read
	results *Results
}

func newGathering(c Config, cells []Cell, record *Record) *gathering {
	return &gathering{
		Config: c, record: record, cells: cells, known: make([]*Result, len(cells)), broken: make([]error, len(cells)),
	}
}

// add keeps the result of a cell's run that has ended in this program, and writes those of all that have.
func (g *gathering) add(i int, r *train.Result) error {
	result := g.result(g.cells[i], r, g.record)
	g.mu.Lock()
	g.known[i] = &result
	g.mu.Unlock()
	return g.write()
}

// write writes the results of all runs that have ended. Where runs of other programs end meanwhile it does so again, so
// that of several programs that write, the last one has them all.
func (g *gathering) write() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for written := -1; ; {
		n := g.look()
		if n == written {
			return nil
		}
		g.results = g.empty(g.record)
		g.results.Open = len(g.cells) - n
		for _, r := range g.known {
			if r != nil {
				g.results.Cells = append(g.results.Cells, *r)
			}
		}
		if n > 0 {
			if err := g.results.save(g.Dir); err != nil {
				return err
			}
			if g.Written != nil {
				if err := g.Written(g.results); err != nil {
					return fmt.Errorf("study: %w", err)
				}
			}
		}
		written = n
	}
}

// look reads the runs that have ended, and returns how many those are.
func (g *gathering) look() (over int) {
	for i, cell := range g.cells {
		if g.known[i] == nil {
			r, err := g.over(filepath.Join(g.Dir, cell.Name()))
			if g.broken[i] = err; err == nil && r != nil {
				result := g.result(cell, r, g.record)
				g.known[i] = &result
			}
		}
		if g.known[i] != nil {
			over++
		}
	}
	return over
}

// waiting returns the name of a cell whose run has not ended.
func (g *gathering) waiting() string {
	for i, cell := range g.cells {
		if g.known[i] == nil {
			return cell.Name()
		}
	}
	return ""
}

// failures returns what is wrong with folders of cells.
func (g *gathering) failures() []error {
	var list []error
	for i, err := range g.broken {
		if err != nil {
			list = append(list, fmt.Errorf("study: %s: %w", g.cells[i].Name(), err))
		}
	}
	return list
}

// over returns the result of the run in a folder if it has ended, or nil. It changes nothing.
func (c Config) over(dir string) (*train.Result, error) {
	was, err := recorded(dir)
	if was == nil {
		return nil, err
	}
	return c.ended(was), nil
}

// recorded reads the run in a folder, or returns nil if there is none yet.
func recorded(dir string) (*runs.Run, error) {
	if _, err := os.Stat(filepath.Join(dir, runs.ConfigFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return runs.Read(dir)
}

// ended returns the result of a recorded run if it has ended, or nil.
func (c Config) ended(was *runs.Run) *train.Result {
	shorter := was.Record.Epochs < c.Common.Epochs
	if was.End == nil || was.End.Reason == runs.Interrupted || was.End.Reason == runs.Completed && shorter {
		return nil
	}
	return &train.Result{Epochs: was.Epochs, End: *was.End}
}
