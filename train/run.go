package train

import (
	"context"
	"fmt"
	"math"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
	"anneal/runs"
	"anneal/schedules"
	"anneal/solvers"
	"anneal/weights"
)

// run is a run that is under way.
type run struct {
	Config
	loader       *data.Loader
	runner       *runner
	test         *Evaluator
	validation   *Evaluator // nil without validation samples
	evaluation   Evaluation // the last on the test samples
	solver       solvers.Solver
	scheduler    *scheduler
	accumulation *accumulation
	team         *team           // nil in one process
	single       [1]contribution // of a run of one process
	average      *average        // nil without one
	patience     *patience       // nil without one
	observers    []runs.Observer
	dead         *deadWatch                 // nil with too few training samples, or all alike
	diagnosis    *diagnosis                 // nil without Diagnostics
	metrics      *metricsFile               // nil without a folder
	decisive     *runs.Record               // what is decisive in config.json; nil without a folder
	dataRecords  map[string]runs.DataRecord // of the parts that have been read for one
	at           runs.Progress
	clock        clock
	stop         context.CancelFunc // ends the run as interrupted
	unclaim      func()             // releases the memory set aside for checkpoints; nil without a folder
	saved        int                // the step of the last checkpoint, -1 before the first
	loaded       *runs.Loaded
	changes      []string // the settings that a resumed run changes
	warnings     []string // the versions that a resumed run changes
	result       *Result
}

// prepare does everything in a run that can fail because c is wrong, in the order in which the parts need one another.
func (c Config) prepare() (*run, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	r := &run{
		Config: c, observers: c.Observers, patience: newPatience(c), saved: -1, result: &Result{Params: c.Params},
		dataRecords: make(map[string]runs.DataRecord),
	}
	r.team = newTeam(c.Group, c.Accumulate)
	r.at = runs.Progress{
		Epoch: 1, Last: schedules.Metric(math.NaN()), BestLoss: schedules.Metric(math.Inf(1)), Seed: c.Params.Seed(),
	}
	for _, step := range []func() error{
		r.prepareTraining, r.prepareEvaluation, r.prepareSolver, r.prepareDeadWatch, r.prepareDiagnosis,
		r.prepareCheckpoint,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// prepareTraining compiles the model, which creates the parameters, and counts the steps.
func (r *run) prepareTraining() (err error) {
	options := data.Options{
		Batch: r.Batch, Shuffle: !bool(r.NoShuffle), Seed: r.Seed, Augment: r.Augment, DropLast: r.DropLast,
		Separate: r.separate, Workers: r.Workers, Ahead: r.Ahead,
	}
	if r.team != nil {
		options.Take = r.team.takes
	}
	if options.Weights, err = r.sampleWeights(); err != nil {
		return err
	}
	if r.loader, err = data.NewLoader(r.Train, options); err != nil {
		return err
	}
	how := graph.Config{Mode: graph.Train, Fuse: true, FreezeStats: r.Tuning.FreezeStats, Hold: r.team != nil}
	if how.Loss, how.LabelSmoothing, err = r.trainingLoss(); err != nil {
		return err
	}
	set, err := data.Limit(r.Train, r.loader.Samples())
	if err != nil {
		return err
	}
	if r.Augment.Mixes() {
		if how.Loss, err = r.softLoss(); err != nil {
			return err
		}
		how.LabelSmoothing, set = 0, data.Mixed(set)
	}
	if r.runner, err = newRunner(r.Model, r.Params, how, set, r.Batch); err != nil {
		return err
	}
	if err := r.checkMixing(); err != nil {
		return err
	}
	r.TotalSteps = r.Epochs * r.Updates(r.loader.Batches())
	if r.Steps > 0 {
		r.TotalSteps = min(r.TotalSteps, r.Steps)
	}
	if before := (r.SWA - 1) * r.Updates(r.loader.Batches()); r.SWA > 0 && r.TotalSteps <= before {
		return fmt.Errorf("train: swa: got epoch %d, but the run ends after %s, in an earlier epoch",
			r.SWA, plural.Of(r.TotalSteps, "step"))
	}
	if r.team != nil {
		if err := r.team.prepare(r.runner); err != nil {
			return err
		}
	}
	r.accumulation, err = newAccumulation(r.Accumulate, r.runner, r.team)
	return err
}

// prepareEvaluation compiles the model for the test and the validation samples, loads the parameters, and begins their
// average.
func (r *run) prepareEvaluation() (err error) {
	if r.test, err = NewEvaluator(r.Model, r.Params, r.Test, r.EvalBatch, r.Loss); err != nil {
		return err
	}
	if err = r.test.SetMetrics(r.Metrics...); err != nil {
		return err
	}
	chooses := r.ChooseBy != runs.ByNothing && r.Best == runs.ByAccuracy && r.bestMetric() == nil
	if chooses && !r.test.runner.classifies {
		return fmt.Errorf("train: best: got %q, and the model gives no logits of the samples' classes: want %q or a metric",
			r.Best, runs.ByLoss)
	}
	if r.validation, err = r.test.on(r.Validation, r.EvalBatch); err != nil {
		return err
	}
	if r.Init != "" {
		if r.loaded, err = weights.LoadPart(r.Init, r.Params, r.InitOnly, r.Reinit); err != nil {
			return err
		}
	}
	if r.average, err = newAverage(r.Config); err != nil {
		return err
	}
	evaluators := []*Evaluator{r.test, r.validation}
	if r.average != nil {
		evaluators = append(evaluators, r.average.test, r.average.valid)
	}
	for _, e := range evaluators {
		if err := e.deal(r.team); err != nil {
			return err
		}
	}
	return nil
}

// prepareSolver makes the solver and the schedules of its rates.
func (r *run) prepareSolver() (err error) {
	if r.solver, err = solvers.New(r.Solver, r.Params.All(), r.Tuning); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if err = r.fitSchedules(); err != nil {
		return err
	}
	if r.scheduler, err = newScheduler(r.Schedule, &r.Settings, r.solver, r.Tuning.Groups); err != nil {
		return err
	}
	if r.bestMetric() != nil {
		r.scheduler.best = r.Best
	}
	return nil
}

// open starts the records of a run from its beginning. The folder of a run that is killed can be resumed from the
// moment on in which config.json is there.
func (r *run) open(ctx context.Context) error {
	if r.Dir == "" {
		return nil
	}
	record, err := r.newRecord(ctx)
	if err != nil {
		return err
	}
	var undo func()
	if r.metrics, undo, err = claimDir(r.Dir); err != nil {
		return err
	}
	record.Date, record.Host = begins()
	r.decisive = record.Decisive()
	if err = r.writeAugmented(); err == nil {
		err = r.save(false)
	}
	if err == nil {
		err = record.Write(r.Dir)
	}
	if err != nil {
		undo()
	}
	return err
}

func (r *run) close() {
	if r.metrics != nil {
		r.metrics.Close()
	}
	if r.unclaim != nil {
		r.unclaim()
	}
}

// start returns the event that opens the run.
func (r *run) start() runs.Start {
	batches := r.loader.Batches()
	updates := r.Updates(batches)
	s := runs.Start{
		Dir: r.Dir, Samples: r.loader.Samples(), Batches: batches, Updates: updates,
		Steps: r.TotalSteps, Epochs: (r.TotalSteps + updates - 1) / updates,
		Done: r.at.Step, Unlogged: r.at.Unlogged, Changes: r.changes, Loaded: r.loaded, Interval: r.Interval,
		Update: r.Update(), Reference: r.ReferenceBatch, ScaleLR: r.ScaleLR, RateFactor: r.RateFactor(),
		By: r.ChooseBy, Choosers: r.decides(), NoClasses: !r.test.runner.classifies,
	}
	if r.ChooseBy != runs.ByNothing {
		s.Best = r.Best
	}
	if r.Validation != nil {
		s.Validation = r.Validation.Len()
	}
	for _, p := range r.Params.Trainable() {
		s.Weights += p.Value().DataSize()
	}
	s.Groups, s.Frozen = r.groups()
	s.Held, s.Moving = r.statistics()
	s.Warnings = append(append(r.warnings, r.lint(s)...), r.team.warnings()...)
	return s
}

// observe adds the observers that write the run's folder, before the others.
func (r *run) observe(ctx context.Context) {
	if r.Dir != "" {
		r.metrics.patiently = r.patiently
		own := []runs.Observer{r.mistakesObserver(ctx), runs.Metrics(r.metrics, r.LogEvery)}
		r.observers = append(own, r.observers...)
	}
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
