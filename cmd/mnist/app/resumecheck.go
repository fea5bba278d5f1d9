package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"anneal/data"
	"anneal/internal/plural"
	"anneal/train"
)

type resumeCheckCmd struct {
	settingsFlags
	logFlags
}

// Validate checks flags that depend on one another, and makes the run short.
func (r *resumeCheckCmd) Validate() error {
	r.TrainLimit = cmp.Or(r.TrainLimit, 1000)
	return r.check()
}

func (r *resumeCheckCmd) Run(ctx context.Context, c *console) error {
	log := c.log(r.logFlags)
	config, pair, err := r.prepare(ctx, log)
	if err != nil {
		return err
	}
	if config.Test, err = data.Limit(pair.Test, 1000); err != nil {
		return err
	}
	log.Infof("%s, %v, %v per %s, seed %d: %s on %s, twice",
		config.Name, config.Solver, config.Schedule, config.Interval, config.Seed,
		plural.Of(config.Epochs, "epoch"), plural.Of(config.Train.Len(), noun(config.Train)))
	check, err := train.CheckResume(ctx, config)
	if err != nil {
		return err
	}
	stops := strings.Trim(fmt.Sprint(check.Stops), "[]")
	if n := len(check.Differences); n > 0 {
		for _, d := range check.Differences {
			fmt.Fprintln(c.stdout, d)
		}
		return fmt.Errorf("%s at once, and with stops after steps %s: %s",
			plural.Of(check.Steps, "step"), stops, plural.Of(n, "difference"))
	}
	average := ""
	if check.EMA > 0 {
		kind := "moving"
		if config.SWA > 0 {
			kind = "equal"
		}
		average = fmt.Sprintf(", %d of their %s average", check.EMA, kind)
	}
	return say(c.stdout, "same bits: %s at once, and stopped and resumed after steps %s: %s of weights%s, "+
		"%d of the solver's state, %s of metrics\n",
		plural.Of(check.Steps, "step"), stops, plural.Of(check.Weights, "tensor"), average, check.State,
		plural.Of(check.Lines, "line"))
}
