// Package study trains a matrix of runs and compares them: models, solvers, schedules, rates, batch sizes and
// augmentations, each from several seeds.
//
// Run does the runs side by side, one per processor. A study with a folder keeps each run in a subfolder. The same
// study in the same folder continues, however it was stopped, and ends with the same Results, bit for bit, as one that
// was never stopped. A run that diverges is a result, not an error.
//
// Results has a Result per cell, and summarises the seeds of each setting. Accuracies are fractions of the test set,
// losses are means in nats, epochs and steps are counted from 1.
package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"anneal/internal/lease"
	"anneal/internal/plural"
	"anneal/runs"
	"anneal/train"
)

// Config describes a study.
type Config struct {
	Matrix Matrix
	// Common has the settings that all runs share: Train, Test, Epochs and so on. What Matrix decides must not be set
	// here, nor Dir, Params, Observers and Commands.
	Common train.Config

	Dir      string    // the study's folder; "": nothing is written
	Jobs     int       // number of runs at the same time, which does not affect the results; 0: GOMAXPROCS
	Targets  []float64 // test accuracies to find the first epochs of; nil: 0.97, 0.98 and 0.99
	Usable   float64   // lowest final accuracy of all seeds at a usable rate, see Limit; 0: 0.9
	Observer Observer  // may be nil
	Share    Share     // the part that this program does; the zero value: all
	// Written is called after each time that the results are written as far as they are there, which happens whenever a
	// run ends; Results.Open says how many have not. Calls do not overlap. Run returns an error of it when the other runs
	// have ended. nil: nothing
	Written func(*Results) error
	// Search makes the study a search: Matrix then has Seeds only, and Dir must be set. nil: all of Matrix
	Search *Search
	// Rank says that the settings are to be ranked. That is a choice, so all runs hold out validation samples, unless
	// Common says what chooses
	Rank bool

	leases  *lease.Folder // of a study in shares; nil: it is none
	silence time.Duration // as in lease.In
}

// Observer is called with the events of each cell's run, as a runs.Observer is. For a run that had already ended it is
// called with the End only, in a search not at all. Calls do not overlap. An error that it returns ends the study.
type Observer func(Cell, runs.Event) error

// Run does a study, or what remains of it in c.Dir. It checks c before it trains anything.
//
// Runs that have ended are kept, and those under way continue from their last checkpoints. c must then be what it was
// when the study began, or have more models, settings, rates, seeds and so on, or more Epochs. Any other difference,
// except in Targets, Usable, Jobs, Share and what is called, is an error that names it.
//
// Run locks the folder: a second program that works in it gets an error, unless both do a Share. When ctx is done, the
// runs under way are saved and Run returns the error of ctx. A run that fails leaves the others alone: Run returns its
// error when they have ended, and continues with it when it is called again.
func Run(ctx context.Context, c Config) (*Results, error) {
	cells, record, err := c.prepare(ctx)
	if err != nil {
		return nil, err
	}
	unlock, err := c.lock(record)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c.leases = c.claims()
	if err := c.claim(ctx, record); err != nil {
		return nil, err
	}
	results := c.empty(record)
	results.Cells = make([]Result, len(cells))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group errgroup.Group
	group.SetLimit(c.jobs())
	var telling sync.Mutex
	observe := func(cell Cell, e runs.Event) error {
		if c.Observer == nil {
			return nil
		}
		telling.Lock()
		defer telling.Unlock()
		err := c.Observer(cell, e)
		if err != nil {
			stop(fmt.Errorf("study: %s: %w", cell.Name(), err))
		}
		return err
	}
	if c.Search != nil {
		if err := c.search(ctx, results, observe); err != nil {
			return nil, cmp.Or(context.Cause(ctx), err)
		}
		return results, nil
	}
	failures := make([]error, len(cells))
	gathered := newGathering(c, cells, record)
	for i, cell := range cells {
		if !c.Share.Has(i) {
			continue
		}
		group.Go(func() error {
			r, err := c.run(ctx, cell, observe)
			if err == nil && c.Dir != "" {
				err = gathered.add(i, r)
			}
			if err != nil {
				failures[i] = fmt.Errorf("study: %s: %w", cell.Name(), err)
				return nil // the other cells do not depend on it
			}
			results.Cells[i] = c.result(cell, r, record)
			return nil
		})
	}
	_ = group.Wait()
	if err := first(failures); err != nil {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	if c.Dir == "" {
		return results, nil
	}
	err = gathered.write() // a share may have no cells
	return gathered.results, err
}

// prepare returns the cells and the record of a study, after checking c, and completes c.
func (c *Config) prepare(ctx context.Context) ([]Cell, *Record, error) {
	cells, err := c.cells()
	if err != nil {
		return nil, nil, err
	}
	was, err := readStudy(c.Dir)
	if err != nil {
		return nil, nil, err
	}
	keepNames(cells, was, c.Dir)
	c.Common.ChooseBy = c.chooseBy(cells, was)
	record, err := c.check(ctx, cells)
	if err != nil {
		return nil, nil, err
	}
	c.Common.Epochs = record.First.Epochs // whatever its default
	return cells, record, nil
}

// empty returns Results without cells.
func (c Config) empty(record *Record) *Results {
	return &Results{
		Dir: c.Dir, Targets: c.targets(), Usable: c.usable(), By: record.First.ChooseBy, Measure: record.First.Best,
	}
}

// result returns the result of a cell's run.
func (c Config) result(cell Cell, r *train.Result, record *Record) Result {
	choice := runs.Choose(r.Epochs, record.First.ChooseBy, record.First.Best)
	return Result{cell, r.Epochs, r.End, choice, c.Common.Train.Classes()}
}

// first returns the first error, and how many more there are.
func first(failures []error) error {
	failures = slices.DeleteFunc(failures, func(err error) bool { return err == nil })
	switch len(failures) {
	case 0:
		return nil
	case 1:
		return failures[0]
	}
	return fmt.Errorf("%w; %s failed, too", failures[0], plural.Of(len(failures)-1, "other run"))
}

// cells returns the cells, after checking the rest of c.
func (c Config) cells() ([]Cell, error) {
	t := c.Common
	if t.Train == nil || t.Test == nil {
		return nil, errors.New("study: want Train and Test data in Common")
	}
	for _, not := range []struct {
		set  bool
		name string
	}{
		{t.Model != nil || t.Name != "", "Model and Name"},
		{t.Solver != nil, "Solver"},
		{t.Schedule != nil, "Schedule"},
		{t.Batch != 0, "Batch"},
		{t.Augment != nil, "Augment"},
		{t.Seed != 0, "Seed"},
		{t.Params != nil, "Params"},
		{t.Dir != "", "Dir"},
		{t.Observers != nil || t.Commands != nil, "Observers and Commands"},
	} {
		if not.set {
			return nil, fmt.Errorf("study: Common has %s: set them in Matrix or Config, since runs differ in them", not.name)
		}
	}
	if c.Jobs < 0 {
		return nil, fmt.Errorf("study: jobs: got %d, want at least 1, or 0 for one per processor", c.Jobs)
	}
	for _, accuracy := range append(c.targets(), c.usable()) {
		if !(accuracy > 0 && accuracy <= 1) {
			return nil, fmt.Errorf("study: target %v: want an accuracy above 0 and at most 1", accuracy)
		}
	}
	if err := c.Share.Validate(); err != nil {
		return nil, err
	}
	if c.Share.Of > 0 && c.Dir == "" {
		return nil, fmt.Errorf("study: share %d/%d: want a Dir, which the shares have in common", c.Share.Index+1, c.Share.Of)
	}
	if c.Search != nil {
		return c.ends()
	}
	return c.Matrix.Cells()
}

func (c Config) jobs() int {
	if c.Jobs > 0 {
		return c.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

func (c Config) usable() float64 { return cmp.Or(c.Usable, 0.9) }

func (c Config) targets() []float64 {
	if c.Targets != nil {
		return slices.Clone(c.Targets)
	}
	return []float64{0.97, 0.98, 0.99}
}

// chooseBy returns by which data all runs choose, so that they train on the same samples: if one of them chooses, or
// the settings are ranked, all hold out validation samples. A study that an older version of the program began goes on
// choosing by the test samples.
func (c Config) chooseBy(cells []Cell, was *Record) runs.ChooseBy {
	chooses := func(cell Cell) bool {
		config := cell.config(c.Common, "")
		return len(config.Choosers()) > 0
	}
	other := func(cell Cell) bool { return !slices.Equal(cell.group(), cells[0].group()) }
	ranked := c.Rank && slices.ContainsFunc(cells, other)
	by := c.Common.ChooseBy
	switch {
	case was != nil && was.First.ChooseBy == "" && (by == "" || by == runs.ByNothing):
		return runs.ByTest
	case by == "" && (ranked || slices.ContainsFunc(cells, chooses)):
		return runs.ByValidation
	}
	return by
}

// check checks one cell of each setting, and returns the study's record.
func (c Config) check(ctx context.Context, cells []Cell) (*Record, error) {
	for i, cell := range cells {
		if i > 0 && slices.Equal(cell.group(), cells[i-1].group()) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := cell.config(c.Common, "").Check(); err != nil {
			return nil, fmt.Errorf("study: %s: %w", cell.Name(), err)
		}
	}
	first, err := cells[0].config(c.Common, "").Record(ctx)
	if err != nil {
		return nil, err
	}
	record := &Record{First: first}
	if c.Search != nil {
		record.Search = c.searchRecord(first.Epochs)
		return record, c.checkSearch(first)
	}
	for _, cell := range cells {
		record.Cells = append(record.Cells, cell.record())
	}
	return record, nil
}
