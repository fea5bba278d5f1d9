// Package study trains a matrix of runs and compares them: models, solvers, schedules, rates, batch sizes and
// augmentations, each from several seeds.
//
// Run does the runs side by side, one a processor. A study with a folder keeps each run in a folder of its own in it;
// the same study in the same folder goes on where it was, however it was stopped, and ends with the same Results, to
// the bit, as one that was never stopped. A run that diverges is a result, not a failure.
//
// Results say how each run went, by Cell, and how each setting did over its seeds, by Summary. Accuracies are fractions
// of the test set, losses means in nats, epochs and steps counted from 1.
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
	"anneal/runs"
	"anneal/train"
)

// Config says what a study does.
type Config struct {
	Matrix Matrix
	// Common is what all runs share: Train, Test, Epochs and so on. What Matrix decides is not set here, nor are Dir,
	// Params, Observers and Commands.
	Common train.Config

	Dir      string    // the study's folder; "": nothing is written
	Jobs     int       // runs at a time; 0: GOMAXPROCS. The results do not depend on it
	Targets  []float64 // accuracies: Results tell when a run first reached each; nil: 0.97, 0.98 and 0.99
	Usable   float64   // the accuracy of every seed at a rate that is of use, see Limit; 0: 0.9
	Observer Observer  // may be nil
}

// Observer is told what happens in each cell's run, as a runs.Observer is; of a run that was over before, no more than
// its End. Calls do not overlap. An error it returns ends the study.
type Observer func(Cell, runs.Event) error

// Run does a study, or what is left of it in c.Dir. Whatever is wrong with c is found before anything is trained.
//
// Runs that are over are kept, those under way go on from their last checkpoint. c must then be what it was when the
// study began, or more: more models, settings, rates, seeds and so on, and more Epochs. Anything else is an error that
// names what differs; Targets, Usable, Jobs and Observer are free.
//
// The folder is claimed: a second program that would work in it gets an error. When ctx is done, the runs under way are
// saved, and the error is that of ctx. So they are when one of them fails.
func Run(ctx context.Context, c Config) (*Results, error) {
	cells, err := c.cells()
	if err != nil {
		return nil, err
	}
	record, err := c.check(ctx, cells)
	if err != nil {
		return nil, err
	}
	c.Common.Epochs = record.First.Epochs // whatever its default
	unlock, err := c.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := c.claim(record); err != nil {
		return nil, err
	}
	results := &Results{Dir: c.Dir, Targets: c.targets(), Usable: c.usable(), Cells: make([]Result, len(cells))}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(c.jobs())
	var telling sync.Mutex
	for i, cell := range cells {
		group.Go(func() error {
			r, err := c.run(inner, cell, &telling)
			if err != nil {
				return fmt.Errorf("study: %s: %w", cell.Name(), err)
			}
			results.Cells[i] = Result{cell, r.Epochs, r.End, c.Common.Train.Classes()}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if c.Dir == "" {
		return results, nil
	}
	return results, results.save(c.Dir)
}

// cells lists the cells, if the rest of c is right, too.
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
			return nil, fmt.Errorf("study: Common has %s: want those in Matrix and Config, for each run its own", not.name)
		}
	}
	if c.Jobs < 0 {
		return nil, fmt.Errorf("study: jobs: got %d, want at least 1, or 0 for one a processor", c.Jobs)
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

// check finds what is wrong with a cell, whatever its seed, before any is run, and returns the study's record.
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
	first, err := cells[0].config(c.Common, "").Record()
	if err != nil {
		return nil, err
	}
	record := &Record{First: first}
	for _, cell := range cells {
		record.Cells = append(record.Cells, cell.record())
	}
	return record, nil
}

// run trains one cell, or goes on with it, or finds that it is over.
func (c Config) run(ctx context.Context, cell Cell, telling *sync.Mutex) (*train.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	tell := func(e runs.Event) error {
		if c.Observer == nil {
			return nil
		}
		telling.Lock()
		defer telling.Unlock()
		return c.Observer(cell, e)
	}
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
