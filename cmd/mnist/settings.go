package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/train"
)

// settingsFlags decide the numbers of a run: what a study compares, and the rest.
type settingsFlags struct {
	Model    modelFlag    `default:"lenet-bn" placeholder:"NAME" help:"Which network to train; see the models command. Default: lenet-bn."`
	Solver   solverFlag   `default:"SGD(lr=0.1, momentum=0.9)" placeholder:"SPEC" help:"How gradients move the weights, as PyTorch writes it, such as Adam(lr=1e-3). Default: SGD(lr=0.1, momentum=0.9)."`
	Schedule scheduleFlag `default:"StepLR(step_size=5, gamma=0.1)" placeholder:"SPEC" help:"How the learning rate changes, such as ExponentialLR(0.9), or none. Default: StepLR(step_size=5, gamma=0.1)."`
	Batch    count        `default:"64" help:"Images a batch, which is a step unless there is --accumulate."`
	Seed     seed         `default:"1" help:"Of the initial weights, the order of the images, augmentation and dropout."`
	Augment  augmentFlag  `placeholder:"SPEC" help:"How training images are changed at random, as torchvision writes it, such as 'RandomAffine(10, translate=(0.1, 0.1))'."`
	LR       noRate       `name:"lr" hidden:""`
	commonFlags
}

// commonFlags are the settings that all runs of a study share.
type commonFlags struct {
	Interval    string   `enum:"epoch,step" default:"epoch" help:"What the schedule counts: epoch or step."`
	Epochs      count    `default:"${epochs=10}" help:"Passes over the training images."`
	Steps       count    `placeholder:"N" help:"Stop after N steps in all."`
	Accumulate  count    `placeholder:"N" help:"Take one step for every N batches, by the mean gradient of their images. Batch normalization still sees one batch at a time: to it this is no larger batch."`
	NoShuffle   bool     `help:"Take the images in the file's order."`
	TrainLimit  count    `placeholder:"N" help:"Train on the first N images only."`
	Data        string   `placeholder:"DIR" help:"A folder with an IDX data set of MNIST's four file names. Default: MNIST itself."`
	Init        string   `placeholder:"FILE" help:"Start from the weights in a safetensors file with PyTorch's names, a checkpoint, or a state dict by torch.save (.pt, .pth)."`
	InitOnly    []string `sep:"none" placeholder:"PATTERN" help:"Load only the parameters whose names match, such as 'conv*'. Repeatable."`
	Reinit      []string `sep:"none" placeholder:"PATTERN" help:"Start these parameters anew whatever --init has for them, such as 'fc2*' for a last layer of another size. Repeatable."`
	Best        string   `enum:"accuracy,loss" default:"accuracy" help:"What best.safetensors is the best by, on the test images: accuracy or loss."`
	Diagnostics bool     `help:"After every epoch look into the network: percentiles of pre-activations and gradients, dead ReLUs, sizes of updates, and how far batch normalization's statistics lag. They go to metrics.jsonl and the report."`
	regularFlags
	tuningFlags
}

func (f *commonFlags) check() error {
	if f.Init == "" && (len(f.InitOnly) > 0 || len(f.Reinit) > 0) {
		return errors.New("--init-only and --reinit say what to take from the file of --init: want that, too")
	}
	if f.MinDelta > 0 && f.Patience == 0 {
		return errors.New("--min-delta says what counts as an improvement to --patience: want that, too")
	}
	return nil
}

// prepare reads the data and makes the settings.
func (s *settingsFlags) prepare(ctx context.Context, log logrus.FieldLogger) (train.Config, *data.Pair, error) {
	c, pair, err := s.commonFlags.prepare(ctx, log)
	c.Model, c.Name, c.Solver, c.Schedule = s.Model.draw, s.Model.name, s.Solver.Algorithm, s.Schedule.Schedule
	c.Batch, c.Seed, c.Augment = int(s.Batch), uint64(s.Seed), s.Augment.Compose
	return c, pair, err
}

// prepare reads the data and makes the settings that all runs share.
func (f *commonFlags) prepare(ctx context.Context, log logrus.FieldLogger) (train.Config, *data.Pair, error) {
	pair, err := load(ctx, log, f.Data)
	if err != nil {
		return train.Config{}, nil, err
	}
	c := train.Config{
		Train: pair.Train, Test: pair.Test, Tuning: f.config(), Interval: train.Interval(f.Interval),
		Epochs: int(f.Epochs), Steps: int(f.Steps), Accumulate: int(f.Accumulate), InOrder: f.NoShuffle,
		LabelSmoothing: float64(f.LabelSmoothing), EMA: float64(f.EMA), Patience: int(f.Patience), MinDelta: float64(f.MinDelta),
		Init: f.Init, InitOnly: f.InitOnly, Reinit: f.Reinit, Best: train.Best(f.Best), Diagnostics: f.Diagnostics,
	}
	if f.TrainLimit > 0 {
		c.Train, err = data.Limit(pair.Train, int(f.TrainLimit))
	}
	return c, pair, err
}

// absolute is path from the root, so that it can be found from another folder.
func absolute(path string) string {
	if a, err := filepath.Abs(path); err == nil {
		return a
	}
	return path
}
