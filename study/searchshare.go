package study

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"anneal/internal/lease"
	"anneal/search"
	"anneal/train"
)

// lookEvery is how often a search in shares looks whether a run that another program trains is free.
const lookEvery = 300 * time.Millisecond

// train trains a cell until it has so many epochs, when there is a place for it. In a search in shares every program
// makes all decisions, since these depend on results alone, and trains what no other one does. The results of the
// others it reads from the folder.
func (s *searching) train(ctx context.Context, cell Cell, epochs int) (*train.Result, error) {
	for {
		s.places <- struct{}{}
		r, busy, err := s.attempt(ctx, cell, epochs)
		<-s.places
		if !busy || ctx.Err() != nil {
			return r, err
		}
		select {
		case <-time.After(lookEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// attempt trains a cell unless another program does.
func (s *searching) attempt(ctx context.Context, cell Cell, epochs int) (r *train.Result, busy bool, err error) {
	if s.leases == nil {
		r, err = s.advance(ctx, cell, epochs, s.observe)
		return r, false, err
	}
	held, err := s.leases.Try(cell.Name())
	if err != nil || held == nil {
		return nil, err == nil, err
	}
	r, err = s.hold(held, cell, s.observe, func(observe Observer) (*train.Result, error) {
		return s.advance(ctx, cell, epochs, observe)
	})
	return r, errors.Is(err, lease.ErrLost), err
}

// collectSearch is Collect of a search: it decides with the results that are there, as far as they go.
func (c Config) collectSearch(record *Record) (*Results, error) {
	results := c.empty(record)
	s := newSearching(c, results, nil)
	for {
		m := s.decide()
		if len(m.next) == 0 {
			return results, s.write(m.jobs)
		}
		for _, j := range m.next {
			cells, err := s.know(j)
			if err != nil {
				return nil, err
			}
			for i, cell := range cells {
				r, err := s.there(cell, j)
				if err != nil {
					return nil, fmt.Errorf("study: %s: %w", cell.Name(), err)
				}
				if r == nil {
					return results, fmt.Errorf("study: collect: %w, such as %s", ErrOpen, cell.Name())
				}
				s.reached[j][i] = r
			}
		}
	}
}

// there returns the result of a cell that a program has trained for a job, or nil. It changes nothing.
func (s *searching) there(cell Cell, j search.Job) (*train.Result, error) {
	was, err := recorded(filepath.Join(s.Dir, cell.Name()))
	if was == nil {
		return nil, err
	}
	return s.upTo(was, s.plan.Rungs[j.Rung]), nil
}
