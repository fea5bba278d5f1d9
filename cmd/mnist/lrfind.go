package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"regexp"

	"anneal/data"
	"anneal/train"
	"anneal/view/report"
)

type lrfindCmd struct {
	Model   modelFlag   `default:"lenet-bn" placeholder:"NAME" help:"${model} Default: ${default}."`
	Compare []modelFlag `placeholder:"NAME,…" help:"${compare}"`
	Solver  solverFlag  `default:"SGD(lr=0.1, momentum=0.9)" placeholder:"SPEC" help:"${rates_solver} Default: ${default}."`
	From    positive    `default:"1e-5" placeholder:"RATE" help:"The first learning rate. Default: ${default}."`
	To      positive    `default:"10" placeholder:"RATE" help:"The last one, unless the loss diverges earlier. Default: ${default}."`
	Steps   count       `default:"200" help:"Learning rates to try, with one batch each."`
	Plot    plotFile    `placeholder:"FILE" help:"${lrfind_plot}"`
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
		return fmt.Errorf("--from %v and --to %v: want a higher rate at the end", l.From, l.To)
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
	var names []string
	var curves []*train.RateCurve
	for _, m := range models {
		curve, err := l.find(ctx, m, pair)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		names, curves = append(names, m.name), append(curves, curve)
	}
	if err := lossTable(names, curves).write(c.stdout); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout)
	if err := rateTable(names, curves).write(c.stdout); err != nil {
		return err
	}
	if l.Plot == "" {
		l.Plot = freeName("lrfind", ".png")
	}
	solver := regexp.MustCompile(`lr=[^,)]*(, )?`).ReplaceAllString(l.Solver.String(), "")
	title := fmt.Sprintf("Learning rate range test: %s, batch %d, seed %d", solver, l.Batch, l.Seed)
	return l.Plot.save(log, rateFigure(title, names, curves))
}

// find sweeps the rates on one model.
func (l *lrfindCmd) find(ctx context.Context, m modelFlag, pair *data.Pair) (*train.RateCurve, error) {
	return train.FindRate(ctx, train.Config{
		Model: m.draw, Train: pair.Train, Solver: l.Solver.Algorithm, Tuning: l.config(),
		Batch: int(l.Batch), Seed: uint64(l.Seed), Init: l.Init,
	}, train.Sweep{From: float64(l.From), To: float64(l.To), Steps: int(l.Steps)})
}

// lossTable has the smoothed losses at some of the rates.
func lossTable(names []string, curves []*train.RateCurve) table {
	const rows = 20
	t := table{append([]string{"rate"}, names...)}
	longest := curves[0].Points
	for _, c := range curves {
		if len(c.Points) > len(longest) {
			longest = c.Points
		}
	}
	every := (len(longest) + rows - 1) / rows
	for i := every - 1; i < len(longest); i += every {
		row := []string{number(longest[i].Rate, 3)}
		for _, c := range curves {
			cell := ""
			if i < len(c.Points) {
				cell = fmt.Sprintf("%#.5g", c.Points[i].Smooth)
			}
			row = append(row, cell)
		}
		t = append(t, row)
	}
	return t
}

// rateTable has the rates that stand out.
func rateTable(names []string, curves []*train.RateCurve) table {
	t := table{append([]string{"rate"}, names...), {"steepest descent"}, {"valley"}, {"largest of use"}, {"loss runs away at"}}
	for _, c := range curves {
		steepest, valley, away := "none", "none", "none"
		if p, ok := c.Steepest(); ok {
			steepest = number(p.Rate, 3)
		}
		if p, ok := c.Valley(); ok {
			valley = number(p.Rate, 3)
		}
		last := c.Points[len(c.Points)-1]
		if c.Diverged {
			away = number(last.Rate, 3)
		}
		largest := number(c.Lowest().Rate, 3)
		if c.Lowest() == last {
			largest = "> " + largest
		}
		for i, cell := range []string{steepest, valley, largest, away} {
			t[i+1] = append(t[i+1], cell)
		}
	}
	return t
}

// rateFigure draws each model's losses, pale, and the smoothed loss with what it suggests.
func rateFigure(title string, names []string, curves []*train.RateCurve) report.Figure {
	panel := report.Panel{X: report.Axis{Label: "learning rate", Log: true}, Y: report.Axis{Label: "training loss (pale: each batch)"}}
	for i, c := range curves {
		batches, smooth := report.Line{Name: names[i], Faint: true}, report.Line{Name: names[i]}
		for _, p := range c.Points {
			batches.X, smooth.X = append(batches.X, p.Rate), append(smooth.X, p.Rate)
			batches.Y, smooth.Y = append(batches.Y, shown(p.Loss, c)), append(smooth.Y, shown(p.Smooth, c))
		}
		if p, ok := c.Steepest(); ok {
			smooth.Marks = append(smooth.Marks, report.Mark{Text: "steepest descent: " + number(p.Rate, 3), X: p.Rate, Y: p.Smooth})
		}
		if p, ok := c.Valley(); ok {
			smooth.Marks = append(smooth.Marks, report.Mark{Text: "valley: " + number(p.Rate, 3), X: p.Rate, Y: p.Smooth})
		}
		largest := c.Lowest()
		smooth.Marks = append(smooth.Marks, report.Mark{Text: "largest of use: " + number(largest.Rate, 3), X: largest.Rate, Y: largest.Smooth})
		panel.Lines = append(panel.Lines, batches, smooth)
	}
	return report.Figure{Title: title, Panels: []report.Panel{panel}}
}

// shown is a loss, or NaN if it is so far above the first one that it would flatten the rest of the figure.
func shown(loss float64, c *train.RateCurve) float64 {
	if loss > 1.6*c.Points[0].Loss {
		return math.NaN()
	}
	return loss
}

// freeName is a name of a file that does not exist yet.
func freeName(name, extension string) plotFile {
	file := name + extension
	for n := 2; ; n++ {
		if _, err := os.Stat(file); err != nil {
			return plotFile(file)
		}
		file = fmt.Sprintf("%s-%d%s", name, n, extension)
	}
}
