package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/finder"
	"anneal/internal/plural"
	"anneal/solvers"
	"anneal/view/report"
)

type lrfindCmd struct {
	Model   modelFlag   `default:"lenet-bn" placeholder:"NAME" help:"${model} Default: ${default}."`
	Norm    normFlag    `placeholder:"SPEC" help:"${norm}"`
	Compare []modelFlag `placeholder:"NAME" help:"${compare}"`
	Solver  solverFlag  `default:"SGD(lr=0.1, momentum=0.9)" placeholder:"SPEC" help:"${rates_solver}"`
	From    positive    `default:"1e-5" placeholder:"RATE" help:"The first learning rate. Default: ${default}."`
	To      positive    `default:"10" placeholder:"RATE" help:"${last_rate} Default: ${default}."`
	Steps   count       `default:"200" help:"Steps of the sweep, with one batch each."`

	TrySteps count `default:"150" placeholder:"N" help:"${try_steps} Default: ${default}."`
	Seeds    count `default:"3" placeholder:"N" help:"${try_seeds} Default: ${default}."`

	Valid     *validFlag `placeholder:"N|SHARE" help:"${valid_find}"`
	Fold      foldFlag   `placeholder:"K/N" help:"${valid_fold}"`
	ValidSeed seed       `default:"0" placeholder:"N" help:"${valid_seed}"`

	Plot plotFile `placeholder:"FILE" help:"${lrfind_plot}"`
	curveFlag
	Format string `enum:"text,csv,json" default:"text" help:"${lrfind_format}"`
	Batch  count  `default:"64" help:"Images per batch."`

	DropLast bool `help:"${drop_last}"`
	samplingFlags
	loaderFlags

	Augment        augmentFlag `placeholder:"SPEC" help:"${augment}"`
	LabelSmoothing belowOne    `placeholder:"SHARE" help:"${label_smoothing}"`

	Seed seed `default:"1" help:"${seed}"`
	dataFlags
	Init string `placeholder:"FILE" help:"${init}"`
	tuningFlags
	logFlags
}

// Validate checks flags that depend on one another.
func (l *lrfindCmd) Validate() (err error) {
	if l.Model, err = l.Model.with(l.Norm); err != nil {
		return err
	}
	if l.From >= l.To {
		return fmt.Errorf("--from %v and --to %v: want a first rate below the last one", l.From, l.To)
	}
	if l.Steps < 2 {
		return fmt.Errorf("--steps %d: want at least 2", l.Steps)
	}
	if l.Valid != nil && l.Fold != "" {
		return bothHoldOut(l.Fold)
	}
	if l.Valid != nil && *l.Valid == 0 {
		return errors.New("--valid none: lrfind judges by validation images, so leave the flag out or give a number")
	}
	return nil
}

func (l *lrfindCmd) Run(ctx context.Context, c *console) error {
	log := c.log(l.logFlags)
	pair, err := l.dataFlags.read(ctx, log, nil)
	if err != nil {
		return err
	}
	list := l.Compare
	if len(list) == 0 {
		list = []modelFlag{l.Model}
	}
	if err := list[0].prepare(pair); err != nil {
		return err
	}
	noteOtherData(ctx, log.Info, l.Init, pair)
	warnAugment(log, l.Augment, pair.Train)
	if list, err = fitAll(list, pair.Train); err != nil {
		return err
	}
	part, valid := pair.Train, pair.Valid
	switch {
	case l.Fold != "":
		part, valid, err = data.TakeFold(part, string(l.Fold), uint64(l.ValidSeed))
	case l.Valid != nil || valid == nil:
		size := float64(data.ValidationSize(part.Len()))
		if l.Valid != nil {
			size = float64(*l.Valid)
		}
		part, valid, err = data.Split(part, size, uint64(l.ValidSeed))
	}
	if err != nil {
		return err
	}
	var found []foundRate
	for _, m := range list {
		f, err := l.find(ctx, log, m, part, valid)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		found = append(found, f)
	}
	solver := regexp.MustCompile(`lr=[^,)]*(, )?`).ReplaceAllString(l.Solver.String(), "")
	title := fmt.Sprintf("Learning rates: %s, batch %d, seed %d", solver, l.Batch, l.Seed)
	figure := rateFigure(title, int(l.TrySteps), found)
	switch l.Format {
	case "csv":
		err = pointTable(found).csv(c.stdout)
	case "json":
		err = printJSON(c.stdout, found)
	default:
		err = l.print(c.stdout, figure, found)
	}
	if err != nil {
		return err
	}
	if l.Plot == "" {
		return saveNew(log, "lrfind", ".png", figure)
	}
	return l.Plot.save(log, figure)
}

// find looks for a model's learning rate.
func (l *lrfindCmd) find(
	ctx context.Context, log logrus.FieldLogger, m modelFlag, part, valid data.Dataset,
) (foundRate, error) {
	r, err := finder.Find(ctx, finder.Search{
		Model: m.draw, Loss: m.loss, Train: part, Valid: valid, Solver: l.Solver.Algorithm, Tuning: l.config(),
		Batch: int(l.Batch), DropLast: l.DropLast, Seed: uint64(l.Seed), Init: l.Init,
		Augment: l.Augment.Compose, LabelSmoothing: float64(l.LabelSmoothing),
		Sample: l.Sample, ClassWeights: l.ClassWeights, Workers: int(l.Workers), Ahead: int(l.Ahead),
		From: float64(l.From), To: float64(l.To), Steps: int(l.Steps), TrySteps: int(l.TrySteps), Seeds: int(l.Seeds),
		Tried: func(t finder.Try) {
			if t.Outcome != finder.Trained {
				log.Infof("%s: %v with seed %d: %s", m.name, t.Rate, t.Seed, t.Outcome)
				return
			}
			accuracy := ""
			if t.Accuracy-t.Accuracy == 0 { // a number
				accuracy = fmt.Sprintf(", accuracy %.1f %%", 100*t.Accuracy)
			}
			log.Infof("%s: %v with seed %d: validation loss %.4g%s", m.name, t.Rate, t.Seed, t.Loss, accuracy)
		},
	})
	if err != nil {
		return foundRate{}, err
	}
	f := foundRate{model: m.name, Result: r}
	if r.Best > 0 {
		f.solver, err = solvers.WithRate(l.Solver.Algorithm, r.Best)
	}
	return f, err
}

// print prints what was tried and what is recommended, with a line to paste.
func (l *lrfindCmd) print(w io.Writer, figure report.Figure, found []foundRate) error {
	figure.Panels = slices.Clone(figure.Panels)
	figure.Panels[0].Y.Label = "training loss of the sweep, smoothed" // without the batches
	if err := l.curveFlag.draw(w, figure); err != nil {
		return err
	}
	if err := say(w, "Validation loss after %s, mean over %s:\n\n",
		plural.Of(int(l.TrySteps), "step"), plural.Of(int(l.Seeds), "seed")); err != nil {
		return err
	}
	if err := printTables(w, tryTable(found), rateTable(found)); err != nil {
		return err
	}
	advice := ""
	for _, f := range found {
		advice += "\n" + l.advice(f)
	}
	return say(w, "%s\n", advice)
}

// advice says in a line what to do with f.
func (l *lrfindCmd) advice(f foundRate) string {
	if f.solver == nil {
		return fmt.Sprintf("%s: no rate from %v to %v trained it in %s: %s", f.model, l.From, l.To,
			plural.Of(int(l.TrySteps), "step"), f.why())
	}
	text := fmt.Sprintf("%s: --solver '%v'; for one cycle add --schedule 'OneCycleLR(max_lr=%s)' --interval step",
		f.model, f.solver, number(f.Best, -1))
	if f.Best == f.Rates[0].Rate {
		text += "; rates below --from may be better"
	}
	if f.Usable == f.Rates[len(f.Rates)-1].Rate {
		text += "; rates above --to may be better"
	}
	return text
}
