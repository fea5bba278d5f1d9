package study

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"anneal/internal/parallel"
	"anneal/runs"
	"anneal/train"
)

// Why the run of a search has not come to its end.
const (
	// Paused is the reason of the End that an Observer gets of a run that has reached its rung.
	Paused = "paused"
	// Pruned is the reason in the results if the run did not go on from there.
	Pruned = "pruned"
)

// advance trains a cell until it has so many epochs, or finds that it has. If it has more it leaves them out: what it
// returns depends on the settings alone.
func (c Config) advance(ctx context.Context, cell Cell, epochs int, observe Observer) (*train.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir := filepath.Join(c.Dir, cell.Name())
	was, err := begun(dir)
	if err != nil {
		return nil, err
	}
	if was != nil {
		if r := c.upTo(was, epochs); r != nil {
			return r, nil
		}
	}
	defer parallel.SideBySide()()
	until, pause := context.WithCancel(ctx)
	defer pause()
	config := cell.config(c.Common, dir)
	config.Observers = []runs.Observer{func(e runs.Event) error {
		switch e := e.(type) {
		case runs.Epoch:
			if e.Epoch >= epochs && epochs < c.Common.Epochs {
				pause()
			}
		case runs.End:
			if e.Reason == runs.Interrupted && ctx.Err() == nil {
				e.Reason = Paused
			}
			return observe(cell, e)
		}
		return observe(cell, e)
	}}
	var result *train.Result
	if was != nil {
		result, err = train.Resume(until, config, dir)
	} else {
		result, err = train.Run(until, config)
	}
	switch {
	case result == nil || err != nil && !errors.Is(err, train.ErrDiverged):
		return nil, errors.Join(err, ctx.Err())
	case !c.arrived(result.Epochs, result.End, epochs):
		return nil, ctx.Err()
	}
	return c.cut(result.Epochs, result.End, epochs), nil
}

// begun reads the run in a folder, or returns nil if there is none. It removes what remains of a run that was killed
// before it began.
func begun(dir string) (*runs.Run, error) {
	was, err := recorded(dir)
	if was == nil && err == nil {
		err = os.RemoveAll(dir)
	}
	return was, err
}

// upTo returns a recorded run as it was after so many epochs, or nil if it has not come so far.
func (c Config) upTo(was *runs.Run, epochs int) *train.Result {
	end := runs.End{Reason: runs.Interrupted}
	if was.End != nil {
		end = *was.End
	}
	if !c.arrived(was.Epochs, end, epochs) {
		return nil
	}
	return c.cut(was.Epochs, end, epochs)
}

// arrived reports whether a run has come to its end, or has so many epochs and may stop there. After the last epoch of
// all the end is still to be written.
func (c Config) arrived(list []runs.Epoch, end runs.End, epochs int) bool {
	return end.Reason != runs.Interrupted ||
		epochs < c.Common.Epochs && len(list) > 0 && list[len(list)-1].Epoch >= epochs
}

// cut returns a run as it was after so many epochs.
func (c Config) cut(list []runs.Epoch, end runs.End, epochs int) *train.Result {
	n := 0
	for n < len(list) && list[n].Epoch <= epochs {
		n++
	}
	reached := n > 0 && list[n-1].Epoch == epochs
	if !reached || n == len(list) && end.Reason != runs.Diverged && end.Reason != runs.Interrupted {
		return &train.Result{Epochs: list, End: end} // it ended by itself
	}
	last := list[n-1]
	r := &train.Result{Epochs: list[:n], End: runs.End{
		Epochs: n, TestAccuracy: last.TestAccuracy, NoClasses: last.NoClasses, Reason: Pruned,
		Choice: runs.Choose(list[:n], end.Choice.By, end.Choice.Best),
	}}
	if last.NoClasses {
		r.End.TestLoss = last.TestLoss
	}
	for _, e := range list[:n] {
		if e.TestAccuracy > r.End.BestAccuracy {
			r.End.BestAccuracy, r.End.BestEpoch = e.TestAccuracy, e.Epoch
		}
	}
	return r
}
