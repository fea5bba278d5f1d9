package train

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"anneal/data"
	"anneal/graph"
	"anneal/runs"
)

// How many training samples are watched for dead units. Fewer say too little: units that few samples activate would
// seem dead.
const (
	fewestWatched = 30
	mostWatched   = 200
)

// deadWatch looks for units that have stopped to learn: the ReLU behind them makes them 0 for every watched sample.
type deadWatch struct {
	batch  data.Batch // of the samples
	runner *runner
	layers []*graph.Watched
}

// prepareDeadWatch compiles an evaluation program for the first training samples.
func (r *run) prepareDeadWatch() error {
	if r.Train.Len() < fewestWatched {
		return nil
	}
	samples, err := data.Limit(r.Train, min(mostWatched, r.Train.Len()))
	if err != nil {
		return err
	}
	loader, err := data.NewLoader(samples, data.Options{Batch: samples.Len()})
	if err != nil {
		return err
	}
	w := new(deadWatch)
	for w.batch, err = range loader.Epoch(context.Background(), 0, 0) {
		if err != nil {
			return err
		}
		if alike(w.batch.X, samples.Len()) {
			return nil
		}
	}
	how := graph.Config{Mode: graph.Eval, Watch: true}
	if w.runner, err = newRunner(r.Model, r.Params, how, samples, samples.Len()); err != nil {
		return err
	}
	program, err := w.runner.Program(samples.Len())
	if err != nil {
		return err
	}
	w.layers = program.Watched()
	r.dead = w
	return nil
}

// noticeDead tells after an epoch which layers have mostly dead units, unless it has told so before.
func (r *run) noticeDead() error {
	if r.dead == nil || slices.Contains(r.at.Told, runs.DeadUnits) {
		return nil
	}
	if _, err := r.dead.runner.batch(r.dead.batch); err != nil {
		return fmt.Errorf("train: dead units: %w", err)
	}
	var dead []string
	for _, l := range r.dead.layers {
		if d := measureLayer(l).Dead; d != nil && *d >= 0.5 {
			dead = append(dead, fmt.Sprintf("%s: %.0f%%", l.Name, 100**d))
		}
	}
	if dead == nil {
		return nil
	}
	return r.notice(runs.DeadUnits, "Half of the units of a layer or more are dead: the ReLU makes them 0 for each of %d "+
		"training samples, so they do not learn (%s). Try %s.",
		len(r.dead.batch.Labels), strings.Join(dead, ", "), r.remedies("a lower learning rate"))
}

// alike reports whether x is one sample n times over, which tells nothing about units.
func alike(x []float32, n int) bool {
	size := len(x) / n
	for i := size; i < len(x); i++ {
		if x[i] != x[i-size] {
			return false
		}
	}
	return true
}
