package train

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/schedules"
	"anneal/solvers"
)

// Config says what a run does. Model, Train, Test and Solver are required; the rest has the defaults that it names.
type Config struct {
	Model  graph.Model
	Train  data.Dataset
	Test   data.Dataset // evaluated after every epoch
	Solver solvers.Settings

	Schedule schedules.Schedule // nil: the solver's rate throughout. A plateau in it watches the test loss, or with mode max the test accuracy
	Interval Interval           // what Schedule counts; "": PerEpoch

	Epochs    int    // 0: 10
	Steps     int    // the run ends after so many updates even within an epoch; 0: when the epochs are done
	Batch     int    // samples a step, the last batch of an epoch may be smaller; 0: 64
	EvalBatch int    // samples the evaluation takes at a time; 0: 1000
	Seed      uint64 // of the initial weights, the order of the samples and dropout
	InOrder   bool   // take the samples in the data set's order, instead of another one every epoch

	Params *graph.Params // the parameters to go on from; nil: new ones of type float32, drawn from Seed
	Init   string        // a safetensors file to load them from before the first step; see Load

	Dir       string         // the run's folder, which must be new or empty; "": nothing is written
	Name      string         // of the model, for config.json
	Notes     map[string]any // what else config.json should say, such as where the data came from
	LogEvery  int            // metrics.jsonl has a line for every so many batches; 0: 100
	Observers []Observer     // told after metrics.jsonl
}

// run is a run that is under way.
type run struct {
	Config
	feed      *feed
	test      *Evaluator
	solver    solvers.Solver
	rate      *rate
	observers []Observer
	metrics   *os.File // nil without a folder
	step      int      // updates done
	total     int      // updates to do
	last      string   // the last finite loss, for people
	result    *Result
}

// prepare does all of a run that can fail because c is wrong.
func (c Config) prepare() (*run, error) {
	if c.Model == nil || c.Train == nil || c.Test == nil || c.Solver == nil {
		return nil, errors.New("train: want a Model, Train and Test data and a Solver")
	}
	for _, n := range []struct {
		name  string
		value *int
		none  int // what 0 stands for
	}{{"epochs", &c.Epochs, 10}, {"steps", &c.Steps, 0}, {"batch", &c.Batch, 64}, {"evaluation batch", &c.EvalBatch, 1000}, {"log every", &c.LogEvery, 100}} {
		if *n.value < 0 {
			return nil, fmt.Errorf("train: %s: got %d, want at least 1", n.name, *n.value)
		}
		*n.value = cmp.Or(*n.value, n.none)
	}
	c.Interval = cmp.Or(c.Interval, PerEpoch)
	if c.Interval != PerEpoch && c.Interval != PerStep {
		return nil, fmt.Errorf("train: interval: got %q, want %q or %q", c.Interval, PerEpoch, PerStep)
	}
	if c.Schedule == nil {
		c.Schedule = schedules.Constant{}
	}
	if c.Params == nil {
		c.Params = graph.NewParams(c.Seed, tensor.Float32)
	}
	if a, b := c.Train.Shape(), c.Test.Shape(); a != b {
		return nil, fmt.Errorf("train: the training samples have shape %v and the test samples %v: want one shape", a, b)
	}

	r := &run{Config: c, last: "none", result: &Result{Params: c.Params}}
	var err error
	options := data.Options{Batch: c.Batch, Shuffle: !c.InOrder, Seed: c.Seed}
	if r.feed, err = newFeed(c.Model, c.Params, graph.Train, c.Train, options); err != nil {
		return nil, err
	}
	if r.test, err = NewEvaluator(c.Model, c.Params, c.Test, c.EvalBatch); err != nil {
		return nil, err
	}
	if c.Init != "" {
		if err := Load(c.Init, c.Params); err != nil {
			return nil, err
		}
	}
	if r.solver, err = solvers.New(c.Solver, c.Params.All(), solvers.Config{}); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if r.rate, err = newRate(c.Schedule, c.Interval, r.solver); err != nil {
		return nil, err
	}
	r.total = c.Epochs * r.feed.loader.Batches()
	if c.Steps > 0 {
		r.total = min(r.total, c.Steps)
	}
	return r, nil
}

// open starts the run's records.
func (r *run) open() error {
	r.observers = slices.Clone(r.Observers)
	if r.Dir == "" {
		return nil
	}
	record, err := r.record()
	if err != nil {
		return err
	}
	if r.metrics, err = openDir(r.Dir, record); err != nil {
		return err
	}
	r.observers = slices.Insert(r.observers, 0, Metrics(r.metrics, r.LogEvery))
	return nil
}

func (r *run) close() {
	if r.metrics != nil {
		r.metrics.Close()
	}
}

// start is the event that opens the run.
func (r *run) start() Start {
	batches := r.feed.loader.Batches()
	s := Start{Dir: r.Dir, Samples: r.Train.Len(), Batches: batches, Steps: r.total, Epochs: (r.total + batches - 1) / batches}
	for _, p := range r.Params.Trainable() {
		s.Weights += p.Value().DataSize()
	}
	return s
}

// tell tells the observers about e.
func (r *run) tell(e Event) error {
	for _, observe := range r.observers {
		if err := observe(e); err != nil {
			return err
		}
	}
	return nil
}
