package main

import (
	"context"
	"fmt"
	"regexp"

	"anneal/data"
	"anneal/train"
)

type lrfindCmd struct {
	Model   modelFlag   `default:"lenet-bn" placeholder:"NAME" help:"${model} Default: ${default}."`
	Compare []modelFlag `placeholder:"NAME" help:"${compare}"`
	Solver  solverFlag  `default:"SGD(lr=0.1, momentum=0.9)" placeholder:"SPEC" help:"${rates_solver}"`
	From    positive    `default:"1e-5" placeholder:"RATE" help:"The first learning rate. Default: ${default}."`
	To      positive    `default:"10" placeholder:"RATE" help:"${last_rate} Default: ${default}."`
	Steps   count       `default:"200" help:"Learning rates to try, with one batch each."`
	Plot    plotFile    `placeholder:"FILE" help:"${lrfind_plot}"`
	Format  string      `enum:"text,csv,json" default:"text" help:"${lrfind_format}"`
	Batch   count       `default:"64" help:"Images per batch."`
	Seed    seed        `default:"1" help:"Random seed for the initial weights, the order of the images and dropout."`
	Data    string      `placeholder:"DIR" help:"${data}"`
	Init    string      `placeholder:"FILE" help:"${init}"`
	tuningFlags
	logFlags
}

// Validate checks flags that depend on one another.
func (l *lrfindCmd) Validate() error {
	if l.From >= l.To {
		return fmt.Errorf("--from %v and --to %v: want a first rate below the last one", l.From, l.To)
	}
	if l.Steps < 2 {
		return fmt.Errorf("--steps %d: want at least 2", l.Steps)
	}
	return nil
}

func (l *lrfindCmd) Run(ctx context.Context, c *console) error {
	log := c.log(l.logFlags)
	pair, err := load(ctx, log, l.Data)
	if err != nil {
		return err
	}
	models := l.Compare
	if len(models) == 0 {
		models = []modelFlag{l.Model}
	}
	var curves []rateCurve
	for _, m := range models {
		curve, err := l.find(ctx, m, pair)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		curves = append(curves, rateCurve{m.name, curve})
	}
	switch l.Format {
	case "csv":
		err = pointTable(curves).csv(c.stdout)
	case "json":
		err = printJSON(c.stdout, curves)
	default:
		err = printTables(c.stdout, lossTable(curves), rateTable(curves))
	}
	if err != nil {
		return err
	}
	solver := regexp.MustCompile(`lr=[^,)]*(, )?`).ReplaceAllString(l.Solver.String(), "")
	title := fmt.Sprintf("Learning-rate range test: %s, batch %d, seed %d", solver, l.Batch, l.Seed)
	if l.Plot == "" {
		return saveNew(log, "lrfind", ".png", rateFigure(title, curves))
	}
	return l.Plot.save(log, rateFigure(title, curves))
}

// find tries the learning rates on one model.
func (l *lrfindCmd) find(ctx context.Context, m modelFlag, pair *data.Pair) (*train.RateCurve, error) {
	return train.FindRate(ctx, train.Sweep{
		Model: m.draw, Train: pair.Train, Solver: l.Solver.Algorithm, Tuning: l.config(),
		Batch: int(l.Batch), Seed: uint64(l.Seed), Init: l.Init,
		From: float64(l.From), To: float64(l.To), Steps: int(l.Steps),
	})
}
