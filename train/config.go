package train

import (
	"errors"
	"fmt"
	"time"

	"gorgonia.org/tensor"

	"anneal/cluster"
	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
)

// Config says what a run does: what it trains, how, and where it says so. Model, Train, Test and Solver are required.
//
// Zero means one thing in all of Config: a field that is not set takes its default, or does nothing, as its comment
// says. A Solver and a Schedule have no such fields. Make them from solvers.Default and schedules.Default, or by
// Parse: a literal in which a forgotten setting is out of range is an error that names Default.
type Config struct {
	Model graph.Model
	Train data.Dataset
	Test  data.Dataset // evaluated after every epoch, to report
	// Validation is what the run chooses by: its plateaus, Patience and best checkpoint. nil: samples that are set aside
	// from Train as Settings.Valid or Fold says, if anything chooses or one of these asks for it
	Validation data.Dataset

	// Loss is what training minimises; see package graph. nil: cross-entropy, with Settings.LabelSmoothing. Its target
	// and other tensors are the data's fields of their names.
	Loss graph.Loss

	// Metrics are measured on the test and validation samples after every epoch, and recorded under their names; nil: as
	// Settings.Metrics. Settings.Best may be the name of one of them.
	Metrics []metrics.Metric

	Augment data.Compose      // changes the training samples at random, anew every epoch; nil: as Settings.Augment
	Solver  solvers.Algorithm // moves the parameters, at first at its own rate
	// Schedule is that of the rate; nil: constant. If it, or that of a group, is a OneCycleLR or CosineAnnealingLR
	// without a length, it takes that of the run, see schedules.Fit, which config.json records. A run that is resumed
	// with more epochs keeps it.
	Schedule schedules.Schedule
	Unchosen bool // nobody chose Schedule: a run that counts epochs has no warnings about it
	separate bool // the run is one of an older version, in which every RandomAffine resampled by itself
	fitted   int  // the updates of the run whose length its schedules take; 0: this one's
	// Tuning treats parameters differently: groups with their own rates, penalties and schedules, freezing, layer
	// decay; and it clips gradients. Running statistics are no parameters: those of a frozen BatchNorm move, as in
	// PyTorch without requires_grad, unless FreezeStats holds them. The zero value treats all alike.
	Tuning solvers.Tuning

	Params *graph.Params // to start from, with dropout's seed; nil: new ones, drawn from Seed
	Init   string        // a file to load them from before the first step; see Load; "": none
	// InitOnly and Reinit are patterns as in solvers.Group. If there are any in InitOnly, only parameters that match
	// one are loaded from Init. Those that match one in Reinit are not loaded, so that a new last layer may have
	// another size.
	InitOnly, Reinit []string

	Settings // numbers and words, which config.json records

	// Workers and Ahead say how training samples are read, as in data.Options: no result depends on them, and no record
	// has them.
	Workers, Ahead int

	Dir       string          // the run's folder, which must be new or empty; "": nothing is written
	Name      string          // of the model, for config.json
	About     runs.About      // note and tags for config.json; Run adds the date and the host
	Notes     map[string]any  // what else config.json should say, such as where the data came from
	Observers []runs.Observer // are called after metrics.jsonl is written
	// Commands steer the run. Between two steps it carries out those that have come, so one that comes during an
	// evaluation waits for its end; the channel should have room for a few. Observers get a Control, which
	// metrics.jsonl records, or a Refused for each. nil: nobody steers
	Commands <-chan runs.Command

	// Group is the processes that train together, which must all call Run, or Resume, with the same Config. The batches
	// of each update are dealt to its ranks, so there are at most Accumulate of them at work; what the run computes is
	// what one process computes, to the bit, whatever the number of ranks. Only rank 0 has a Dir, Observers and
	// Commands: those of the others are ignored. When ctx is done in any rank, all end after the same update. After an
	// error, which other ranks may be waiting for, close the group with it. nil: this process alone
	Group cluster.Group
	// Grace is how long after ctx is done an exchange of the Group may still wait for other ranks, so that all end after
	// the same update. It then gives up. It serves a launcher that soon kills the ranks which it has asked to stop, as
	// when one of them has died: the error says what this rank waited for. 0: as long as the group's timeout
	Grace time.Duration
}

// Settings are the numbers and words of a Config.
type Settings = runs.Settings

// complete checks c, and gives what is not set its default.
func (c *Config) complete() error {
	if c.Model == nil || c.Train == nil || c.Test == nil || c.Solver == nil {
		return errors.New("train: want a Model, Train and Test data and a Solver")
	}
	if err := c.settleLoss(); err != nil {
		return err
	}
	if c.Params != nil {
		c.Type = c.Params.Dtype().String()
	}
	if err := c.settleMetrics(); err != nil {
		return err
	}
	best := c.Best != ""
	if !best && c.Train.Classes() == 0 {
		c.Best = runs.ByLoss
	}
	if err := c.Settings.Complete(); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if err := c.About.Check(); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if c.Schedule == nil {
		c.Schedule = schedules.Constant{}
	}
	if err := c.checkAccuracy(); err != nil {
		return err
	}
	if err := c.settle(best); err != nil {
		return err
	}
	if !best && c.ChooseBy != runs.ByNothing && numeric(c.Loss) {
		c.Best = runs.ByLoss
	}
	if a, b := c.Train.Shape(), c.Test.Shape(); a != b {
		return fmt.Errorf("train: the training samples have shape %v and the test samples %v: want one shape", a, b)
	}
	if c.Validation != nil && c.Validation.Shape() != c.Train.Shape() {
		return fmt.Errorf("train: the training samples have shape %v and the validation samples %v: want one shape",
			c.Train.Shape(), c.Validation.Shape())
	}
	for _, d := range []struct {
		which string
		set   data.Dataset
	}{{"training", c.Train}, {"validation", c.Validation}, {"test", c.Test}} {
		if err := checkFacts(d.which, d.set); err != nil {
			return err
		}
	}
	if c.Params == nil {
		dtype := tensor.Float32
		if c.Type == "float64" {
			dtype = tensor.Float64
		}
		c.Params = graph.NewParams(c.Seed, dtype)
	}
	if len(c.Augment) > 0 {
		c.Settings.Augment = c.Augment.String()
	} else if c.Settings.Augment != "" {
		var err error
		if c.Augment, err = data.ParseAugment(c.Settings.Augment); err != nil {
			return fmt.Errorf("train: augment: %w", err)
		}
	}
	c.separate = c.separate && c.Augment.Merges()
	if c.Resampling = ""; c.Augment.Merges() && !c.separate {
		c.Resampling = "once"
	}
	return nil
}
