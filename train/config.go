package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/weights"
)

// Config says what a run does. Model, Train, Test and Solver are required; the rest has the defaults that it names.
type Config struct {
	Model  graph.Model
	Train  data.Dataset
	Test   data.Dataset // evaluated after every epoch
	Solver solvers.Algorithm
	// Tuning treats parameters differently: groups with rates, penalties and schedules of their own, freezing, layer decay; and it
	// clips gradients. Running statistics are no parameters: those of a frozen BatchNorm move, as in PyTorch without requires_grad.
	Tuning solvers.Tuning

	Schedule schedules.Schedule // nil: the solver's rate throughout. A plateau watches every epoch's test loss, with mode max its test accuracy
	Interval runs.Interval      // what Schedule counts; "": PerEpoch

	Epochs    int // 0: 10
	Steps     int // the run ends after so many updates even within an epoch; 0: when the epochs are done
	Batch     int // samples a batch, the last one of an epoch may be smaller; 0: 64
	EvalBatch int // samples the evaluation takes at a time; 0: 200
	// Accumulate is the number of batches in an update, whose gradient is the mean over all their samples; the last update of an epoch
	// takes the batches that are left. Steps, and schedules PerStep, count updates. To BatchNorm this is no larger batch: it normalises
	// each batch by the statistics of its own Batch samples, and moves the running ones with every batch. 0: 1
	Accumulate int

	LabelSmoothing float64 // what the training loss spreads over all classes, 0 ≤ s < 1; see graph.Builder.CrossEntropy. Evaluation is without
	// EMA is the decay of an exponential moving average of the parameters and running statistics, 0 < EMA < 1, which is evaluated beside
	// the parameters themselves; 0: none. Schedule, Best and Patience go by the parameters themselves.
	EMA float64

	// Patience is after how many epochs without an improvement the run ends early; 0: it does not. An improvement is an epoch that is
	// better than the last improvement, by what Best says, by more than MinDelta (≥ 0, a share of the samples or nats).
	Patience int
	MinDelta float64
	Seed     uint64 // of the initial weights, the order of the samples and dropout
	InOrder  bool   // take the samples in the data set's order, instead of another one every epoch

	Augment data.Compose // what happens to the training samples, drawn anew every epoch

	Params *graph.Params // the parameters to go on from, and dropout's seed; nil: new ones of type float32, drawn from Seed
	Init   string        // a file to load them from before the first step; see Load
	// InitOnly and Reinit are patterns as in solvers.Group: with the former only parameters that match are loaded from Init, and
	// those that match the latter are not, so that a new last layer may have another size.
	InitOnly, Reinit []string

	Dir       string          // the run's folder, which must be new or empty; "": nothing is written
	Name      string          // of the model, for config.json
	Notes     map[string]any  // what else config.json should say, such as where the data came from
	LogEvery  int             // metrics.jsonl has a line for every so many batches; 0: 100
	SaveEvery int             // a checkpoint is written after every epoch and, unless 0, after every so many steps
	Keep      int             // so many checkpoints before the last are kept, as step-N.safetensors; 0: none
	Best      runs.Best       // what the best checkpoint is the best by; "": ByAccuracy
	Observers []runs.Observer // told after metrics.jsonl

	// Commands steer the run. It takes those that have come between two steps, so that one that comes during an evaluation waits for
	// its end; the channel should have room for a few. A command that was done is told as a Control, which metrics.jsonl records, one
	// that could not be as a Refused. nil: nobody steers.
	Commands <-chan runs.Command

	Diagnostics bool // look into the network after every epoch, without a trace in what it learns; see Diagnostics
}

// run is a run that is under way.
type run struct {
	Config
	loader       *data.Loader
	runner       *graph.Runner
	test         *Evaluator
	solver       solvers.Solver
	rate         *rate
	accumulation *accumulation
	ema          *ema      // nil without one
	patience     *patience // nil without one
	observers    []runs.Observer
	diagnosis    *diagnosis   // nil without Diagnostics
	metrics      *metricsFile // nil without a folder
	settings     *runs.Record // what is decisive in config.json; nil without a folder
	at           runs.Progress
	clock        clock
	stop         context.CancelFunc // ends the run as interrupted
	saved        int                // the step of the last checkpoint, -1 before the first
	total        int                // updates to do
	loaded       *runs.Loaded
	changes      []string // the settings that a resumed run changes
	warnings     []string // the versions that a resumed run changes
	result       *Result
}

// prepare does all of a run that can fail because c is wrong.
func (c Config) prepare() (*run, error) {
	if c.Model == nil || c.Train == nil || c.Test == nil || c.Solver == nil {
		return nil, errors.New("train: want a Model, Train and Test data and a Solver")
	}
	for _, n := range []struct {
		name  string
		value *int
		zero  int // what 0 stands for
	}{
		{"epochs", &c.Epochs, 10},
		{"steps", &c.Steps, 0},
		{"batch", &c.Batch, 64},
		{"evaluation batch", &c.EvalBatch, 200},
		{"log every", &c.LogEvery, 100},
		{"save every", &c.SaveEvery, 0},
		{"keep", &c.Keep, 0},
		{"accumulate", &c.Accumulate, 1},
		{"patience", &c.Patience, 0},
	} {
		if *n.value < 0 || *n.value > math.MaxInt32 {
			return nil, fmt.Errorf("train: %s: got %d, want 1 to %d", n.name, *n.value, math.MaxInt32)
		}
		*n.value = cmp.Or(*n.value, n.zero)
	}
	if err := c.checkShares(); err != nil {
		return nil, err
	}
	c.Interval = cmp.Or(c.Interval, runs.PerEpoch)
	if c.Interval != runs.PerEpoch && c.Interval != runs.PerStep {
		return nil, fmt.Errorf("train: interval: got %q, want %q or %q", c.Interval, runs.PerEpoch, runs.PerStep)
	}
	c.Best = cmp.Or(c.Best, runs.ByAccuracy)
	if c.Best != runs.ByAccuracy && c.Best != runs.ByLoss {
		return nil, fmt.Errorf("train: best: got %q, want %q or %q", c.Best, runs.ByAccuracy, runs.ByLoss)
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

	r := &run{Config: c, patience: newPatience(c), saved: -1, result: &Result{Params: c.Params}}
	r.at = runs.Progress{Epoch: 1, Last: schedules.Metric(math.NaN()), BestLoss: schedules.Metric(math.Inf(1)), Seed: c.Params.Seed()}
	var err error
	options := data.Options{Batch: c.Batch, Shuffle: !c.InOrder, Seed: c.Seed, Augment: c.Augment}
	if r.loader, err = data.NewLoader(c.Train, options); err != nil {
		return nil, err
	}
	how := graph.Config{Mode: graph.Train, LabelSmoothing: c.LabelSmoothing, Fuse: true}
	if r.runner, err = newRunner(c.Model, c.Params, how, c.Train, c.Batch); err != nil {
		return nil, err
	}
	if r.test, err = NewEvaluator(c.Model, c.Params, c.Test, c.EvalBatch); err != nil {
		return nil, err
	}
	if c.Init != "" {
		if r.loaded, err = weights.LoadPart(c.Init, c.Params, c.InitOnly, c.Reinit); err != nil {
			return nil, err
		}
	}
	if r.ema, err = newEMA(c); err != nil {
		return nil, err
	}
	if r.ema != nil {
		r.result.EMA = r.ema.params
	}
	if r.solver, err = c.newSolver(); err != nil {
		return nil, err
	}
	if r.rate, err = newRate(c.Schedule, c.Interval, r.solver, c.Tuning.Groups); err != nil {
		return nil, err
	}
	if r.accumulation, err = newAccumulation(c.Accumulate, r.runner); err != nil {
		return nil, err
	}
	if c.Diagnostics {
		if r.diagnosis, err = r.newDiagnosis(); err != nil {
			return nil, err
		}
	}
	r.total = c.Epochs * r.updates(r.loader.Batches())
	if c.Steps > 0 {
		r.total = min(r.total, c.Steps)
	}
	return r, nil
}

// checkShares checks the settings that are no whole numbers.
func (c Config) checkShares() error {
	switch {
	case !(c.LabelSmoothing >= 0 && c.LabelSmoothing < 1):
		return fmt.Errorf("train: label smoothing: got %v, want at least 0 and less than 1", c.LabelSmoothing)
	case c.EMA != 0 && !(c.EMA > 0 && c.EMA < 1):
		return fmt.Errorf("train: decay of the moving average: got %v, want more than 0 and less than 1", c.EMA)
	case !(c.MinDelta >= 0 && c.MinDelta <= math.MaxFloat64):
		return fmt.Errorf("train: min delta: got %v, want a number of at least 0", c.MinDelta)
	case c.MinDelta > 0 && c.Patience == 0:
		return fmt.Errorf("train: min delta: got %v and no patience, want a patience of at least 1 with it", c.MinDelta)
	}
	return nil
}

// updates is the number of updates in so many batches of an epoch.
func (c Config) updates(batches int) int { return (batches + c.Accumulate - 1) / c.Accumulate }

// open starts the records of a run from its beginning. The folder of a run that is killed can be resumed from the moment on in which
// config.json is there.
func (r *run) open() error {
	if r.Dir == "" {
		return nil
	}
	record, err := r.record()
	if err != nil {
		return err
	}
	if r.metrics, err = claimDir(r.Dir); err != nil {
		return err
	}
	r.settings = record.Decisive()
	if err := r.save(false); err != nil {
		return err
	}
	return record.Write(r.Dir)
}

func (r *run) close() {
	if r.metrics != nil {
		r.metrics.Close()
	}
}

// start is the event that opens the run.
func (r *run) start() runs.Start {
	batches := r.loader.Batches()
	updates := r.updates(batches)
	s := runs.Start{
		Dir: r.Dir, Samples: r.Train.Len(), Batches: batches, Updates: updates, Steps: r.total, Epochs: (r.total + updates - 1) / updates,
		Done: r.at.Step, Changes: r.changes, Loaded: r.loaded, Interval: r.Interval,
	}
	for _, p := range r.Params.Trainable() {
		s.Weights += p.Value().DataSize()
	}
	s.Groups, s.Frozen = r.groups()
	s.Warnings = append(r.warnings, r.lint(s)...)
	return s
}

// observe collects the observers: those that write the run's folder come first.
func (r *run) observe(ctx context.Context) {
	if r.Dir != "" {
		r.observers = []runs.Observer{r.mistakesObserver(ctx), runs.Metrics(r.metrics, r.LogEvery)}
	}
	r.observers = append(r.observers, r.Observers...)
}

// tell tells the observers about e.
func (r *run) tell(e runs.Event) error {
	for _, observe := range r.observers {
		if err := observe(e); err != nil {
			return err
		}
	}
	return nil
}
