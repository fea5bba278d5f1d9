package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/train"
)

// settingsFlags determine the numbers of a run: the settings that a study compares, and all others.
type settingsFlags struct {
	Recipe   recipeFlag   `placeholder:"NAME|FILE" help:"${recipe}"`
	Model    modelFlag    `default:"lenet-bn" placeholder:"NAME" help:"${model} Default: ${default}."`
	Norm     normFlag     `placeholder:"SPEC" help:"${norm}"`
	Solver   solverFlag   `default:"SGD(lr=0.1, momentum=0.9)" placeholder:"SPEC" help:"${solver} Default: ${default}."`
	Schedule scheduleFlag `default:"StepLR(step_size=5, gamma=0.1)" placeholder:"SPEC" help:"${schedule}"`
	Batch    count        `default:"64" help:"${batch}"`
	Seed     seed         `default:"1" help:"${seed}"`
	Augment  augmentFlag  `placeholder:"SPEC" help:"${augment}"`
	LR       noRate       `name:"lr" hidden:""`
	commonFlags
}

// defaultSchedule returns the schedule that the commands follow if none is chosen.
func defaultSchedule() schedules.Schedule { return schedules.StepLR{StepSize: 5, Gamma: 0.1} }

// defaultSolver returns the solver that the commands use if none is chosen.
func defaultSolver() solvers.Algorithm {
	sgd := solvers.Default[solvers.SGD]()
	sgd.LR, sgd.Momentum = 0.1, 0.9
	return sgd
}

// commonFlags are the settings that all runs of a study share.
type commonFlags struct {
	Interval   string `enum:"epoch,step" default:"epoch" help:"What the schedule counts: epoch or step."`
	Epochs     count  `default:"${epochs=10}" help:"Passes over the training images."`
	Steps      count  `placeholder:"N" help:"Stop after N steps in total."`
	Accumulate count  `placeholder:"N" help:"${accumulate}"`
	scalingFlags
	DropLast      bool  `help:"${drop_last}"`
	NoShuffle     bool  `help:"Keep the images in the order of the file."`
	TrainLimit    count `placeholder:"N" help:"Train on the first N images only."`
	TrainFraction share `placeholder:"SHARE" help:"${train_fraction}"`
	samplingFlags `group:"Samples:"`
	loaderFlags   `group:"Samples:"`
	dataFlags     `group:"Data:"`
	Init          string   `placeholder:"FILE" help:"${init}"`
	InitOnly      []string `sep:"none" placeholder:"PATTERN" help:"${init_only}"`
	Reinit        []string `sep:"none" placeholder:"PATTERN" help:"${reinit}"`
	Diagnostics   bool     `help:"${diagnostics}"`
	choiceFlags   `group:"What chooses:"`
	regularFlags  `group:"Regularization and averages:"`
	tuningFlags   `group:"Parameters:"`
}

func (f *commonFlags) check() error {
	if f.Init == "" && (len(f.InitOnly) > 0 || len(f.Reinit) > 0) {
		return errors.New("--init-only and --reinit need --init, the file to load from")
	}
	if f.MinDelta > 0 && f.Patience == 0 {
		return errors.New("--min-delta needs --patience")
	}
	if f.SWA > f.Epochs {
		return fmt.Errorf("--swa=%d: want an epoch of the run, from 1 to %d", f.SWA, f.Epochs)
	}
	return f.choiceFlags.check()
}

func (s *settingsFlags) check() (err error) {
	if s.Model, err = s.Model.with(s.Norm); err != nil {
		return err
	}
	return s.commonFlags.check()
}

// prepare reads the data and returns the run's settings.
func (s *settingsFlags) prepare(ctx context.Context, log logrus.FieldLogger) (train.Config, *sets, error) {
	c, pair, err := s.commonFlags.prepare(ctx, log, s.Model)
	if err != nil {
		return c, pair, err
	}
	if s.Model, err = s.Model.fit(c.Train); err != nil {
		return c, pair, err
	}
	c.Model, c.Name, c.Solver, c.Schedule = s.Model.draw, s.Model.name, s.Solver.Algorithm, s.Schedule.Schedule
	if s.ScaleLR != "" || s.Recipe != "" || s.Solver.Algorithm == defaultSolver() {
		c.ReferenceBatch = s.reference(s.Recipe)
	}
	c.Batch, c.Seed, c.Augment = int(s.Batch), uint64(s.Seed), s.Augment.Compose
	noteOtherData(ctx, log.Info, s.Init, pair)
	return c, pair, nil
}

// prepare reads the data for a model and returns the settings that all runs share.
func (f *commonFlags) prepare(
	ctx context.Context, log logrus.FieldLogger, model modelFlag,
) (train.Config, *sets, error) {
	pair, err := f.dataFlags.read(ctx, log, nil)
	if err != nil {
		return train.Config{}, nil, err
	}
	if err := model.prepare(pair); err != nil {
		return train.Config{}, nil, err
	}
	c := train.Config{
		Train: pair.Train, Test: pair.Test, Tuning: f.config(), Loss: model.loss,
		Settings: train.Settings{
			Interval: runs.Interval(f.Interval), Epochs: int(f.Epochs), Steps: int(f.Steps),
			Accumulate: int(f.Accumulate), ScaleLR: runs.ScaleLR(f.ScaleLR), ReferenceBatch: int(f.ReferenceBatch),
			DropLast: f.DropLast, NoShuffle: runs.Not(f.NoShuffle),
			LabelSmoothing: float64(f.LabelSmoothing), EMA: float64(f.EMA), SWA: int(f.SWA),
			Patience: int(f.Patience), MinDelta: float64(f.MinDelta),
			Diagnostics: f.Diagnostics, TrainFraction: float64(f.TrainFraction), Sample: f.Sample,
			ClassWeights: f.ClassWeights,
		},
		Init: f.Init, InitOnly: f.InitOnly, Reinit: f.Reinit,
		Workers: int(f.Workers), Ahead: int(f.Ahead),
	}
	f.Metrics = model.measures(f.Metrics, pair.Train)
	if f.Valid == nil && f.Fold == "" { // else the flags ask for none, or for some of the training samples
		c.Validation = pair.Valid
	}
	f.choose(&c.Settings)
	if f.TrainLimit > 0 {
		c.Train, err = data.Limit(pair.Train, int(f.TrainLimit))
	}
	return c, pair, err
}

// absolute returns path from the root, so that it is found from any folder.
func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}
