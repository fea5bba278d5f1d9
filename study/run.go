package study

import (
	"context"
	"errors"
	"path/filepath"

	"anneal/internal/parallel"
	"anneal/runs"
	"anneal/train"
)

// run trains one cell, continues its run, or finds that it has ended.
func (c Config) run(ctx context.Context, cell Cell, observe Observer) (*train.Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir := ""
	if c.Dir != "" {
		dir = filepath.Join(c.Dir, cell.Name())
	}
	if c.leases != nil { // no lease is needed to see that it has ended
		switch kept, err := c.over(dir); {
		case err != nil:
			return nil, err
		case kept != nil:
			return kept, observe(cell, kept.End)
		}
	}
	return c.exclusively(ctx, cell, observe, func(observe Observer) (*train.Result, error) {
		return c.train(ctx, cell, dir, observe)
	})
}

// train trains one cell in a folder, or none, continues its run, or finds that it has ended.
func (c Config) train(ctx context.Context, cell Cell, dir string, observe Observer) (*train.Result, error) {
	tell := func(e runs.Event) error { return observe(cell, e) }
	begun := false
	if dir != "" {
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
