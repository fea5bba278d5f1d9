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
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"anneal/internal/parallel"
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
	// Rank says that the settings are to be ranked. That is a choice, so all runs hold out validation samples, unless
	// Common says what chooses
	Rank bool
}

// Observer is called with the events of each cell's run, as a runs.Observer is. For a run that had already ended it is
// called with the End only. Calls do not overlap. An error that it returns ends the study.
type Observer func(Cell, runs.Event) error

// Run does a study, or what remains of it in c.Dir. It checks c before it trains anything.
//
// Runs that have ended are kept, and those under way continue from their last checkpoints. c must then be what it was
// when the study began, or have more models, settings, rates, seeds and so on, or more Epochs. Any other difference,
// except in Targets, Usable, Jobs and Observer, is an error that names it.
//
// Run locks the folder: a second program that works in it gets an error. When ctx is done, the runs under way are saved
// and Run returns the error of ctx. A run that fails leaves the others alone: Run returns its error when they have
// ended, and continues with it when it is called again.
func Run(ctx context.Context, c Config) (*Results, error) {
	cells, err := c.cells()
	if err != nil {
		return nil, err
	}
	was, err := readStudy(c.Dir)
	if err != nil {
		return nil, err
	}
	c.Common.ChooseBy = c.chooseBy(cells, was)
	record, err := c.check(ctx, cells)
	if err != nil {
		return nil, err
	}
	c.Common.Epochs = record.First.Epochs // whatever its default
	unlock, err := c.lock(record)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := c.claim(record); err != nil {
		return nil, err
	}
	results := &Results{
		Dir: c.Dir, Targets: c.targets(), Usable: c.usable(), By: record.First.ChooseBy,
		Measure: record.First.Best, Cells: make([]Result, len(cells)),
	}
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
	failures := make([]error, len(cells))
	for i, cell := range cells {
		group.Go(func() error {
			r, err := c.run(ctx, cell, observe)
			if err != nil {
				failures[i] = fmt.Errorf("study: %s: %w", cell.Name(), err)
				return nil // the other cells do not depend on it
			}
			choice := runs.Choose(r.Epochs, record.First.ChooseBy, record.First.Best)
			results.Cells[i] = Result{cell, r.Epochs, r.End, choice, c.Common.Train.Classes()}
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
	return results, results.save(c.Dir)
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
	for _, cell := range cells {
		record.Cells = append(record.Cells, cell.record())
	}
	return record, nil
}

// run trains one cell, continues its run, or finds that it has ended.
func (c Config) run(ctx context.Context, cell Cell, observe Observer) (*train.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	tell := func(e runs.Event) error { return observe(cell, e) }
	dir, begun := "", false
	if c.Dir != "" {
		dir = filepath.Join(c.Dir, cell.Name())
		kept, underWay, err := c.look(dir)
		switch {
		case err != nil:
			return nil, err
		case kept != nil:
			return kept, tell(kept.End)
		}
		begun = underWay
	}
	defer parallel.SideBySide()()
	config := cell.config(c.Common, dir)
	config.Observers = []runs.Observer{tell}
	var result *train.Result
	var err error
	if begun {
		result, err = train.Resume(ctx, config, dir)
	} else {
		result, err = train.Run(ctx, config)
	}
	switch {
	case errors.Is(err, train.ErrDiverged):
		return result, nil
	case err == nil && result.End.Reason == runs.Interrupted:
		return nil, ctx.Err()
	}
	return result, err
}
