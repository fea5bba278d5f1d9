package finder

import (
	"context"
	"fmt"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
	"anneal/solvers"
	"anneal/train"
	"anneal/weights"
)

// learner trains a model again and again from the same initial weights, on the same batches.
type learner struct {
	Search
	seed    uint64
	loader  *data.Loader
	runner  *graph.Runner
	params  *graph.Params
	valid   *train.Evaluator // nil without Valid
	guess   float64          // training loss of a guess; with a Loss that of the initial weights, which try sets
	close   func()           // sets params to what they were before newLearner
	restart func()           // sets params to the initial weights
	shares  []float64        // of the groups' rates in the solver's
}

// newLearner compiles the model and makes its initial weights: those of s.Params, or new ones drawn from seed, with
// what s.Init has in their place.
func (s Search) newLearner(seed uint64) (*learner, error) {
	l := &learner{Search: s, seed: seed, params: s.Params, shares: rateShares(s.Tuning)}
	var err error
	if s.Augment.Mixes() {
		return nil, fmt.Errorf("finder: augmentation %v mixes batches: want one that does not, to look for a rate", s.Augment)
	}
	options := data.Options{
		Batch: s.Batch, Shuffle: true, Seed: seed, Augment: s.Augment, DropLast: s.DropLast,
		Workers: s.Workers, Ahead: s.Ahead,
	}
	if options.Weights, err = train.SampleWeights(s.Train, s.Sample); err != nil {
		return nil, err
	}
	perClass, err := train.ClassWeights(s.Train, s.ClassWeights)
	if err != nil {
		return nil, err
	}
	if l.loader, err = data.NewLoader(s.Train, options); err != nil {
		return nil, fmt.Errorf("finder: %w", err)
	}
	if l.params == nil {
		l.params = graph.NewParams(seed, tensor.Float32)
	}
	how := graph.Config{
		Mode: graph.Train, Loss: s.Loss, LabelSmoothing: s.LabelSmoothing, Fuse: true, FreezeStats: s.Tuning.FreezeStats,
		Shape: append(tensor.Shape{l.size()}, data.XShapeOf(s.Train)...),
	}
	if perClass != nil {
		how.Loss, how.LabelSmoothing = graph.CrossEntropy{Weights: perClass, LabelSmoothing: s.LabelSmoothing}, 0
	}
	if l.runner, err = graph.NewRunner(s.Model, l.params, how); err != nil {
		return nil, fmt.Errorf("finder: the model on a batch of shape %v: %w", []int(how.Shape), err)
	}
	program, err := l.runner.Program(l.size())
	if err != nil {
		return nil, err
	}
	if program.Takes(data.LabelsName) && program.Classes() < s.Train.Classes() {
		return nil, fmt.Errorf("finder: the data has %s and the model tells %d apart: want at least as many logits as "+
			"classes", plural.Of(s.Train.Classes(), "class"), program.Classes())
	}
	if s.Valid != nil {
		if l.valid, err = train.NewEvaluator(s.Model, l.params, s.Valid, 200, s.Loss); err != nil {
			return nil, err
		}
		if s.Loss == nil {
			if l.guess, err = guess(s.Train, s.Sample != "", perClass, s.LabelSmoothing); err != nil {
				return nil, fmt.Errorf("finder: %w", err)
			}
		}
	}
	l.close = l.params.Snapshot()
	if s.Init != "" {
		if err := weights.Load(s.Init, l.params); err != nil {
			return nil, err
		}
	}
	l.restart = l.params.Snapshot()
	return l, nil
}

// size returns the number of samples per batch.
func (l *learner) size() int { return min(l.Batch, l.Train.Len()) }

// train takes up to steps steps from the initial weights, at the rate that rate gives for each, counted from 0. It
// calls look with each step's number and loss, before the parameters move, and ends when look returns false. Batches
// come in the order of a run's first epochs. A smaller last batch of an epoch is left out, since its loss would be
// noisier than the others', and batch normalization cannot take a batch of one.
func (l *learner) train(
	ctx context.Context, steps int, rate func(step int) float64, look func(step int, loss float64) (more bool),
) error {
	algorithm, err := solvers.WithRate(l.Solver, rate(0))
	if err != nil {
		return fmt.Errorf("finder: %w", err)
	}
	solver, err := solvers.New(algorithm, l.params.All(), l.Tuning)
	if err != nil {
		return fmt.Errorf("finder: %w", err)
	}
	l.restart()
	l.runner.SetStep(0)
	step := 0
	for epoch := 0; ; epoch++ {
		for b, err := range l.loader.Epoch(ctx, epoch, 0) {
			if err != nil {
				return fmt.Errorf("finder: step %d: %w", step+1, err)
			}
			if len(b.Labels) < l.size() {
				continue
			}
			for group, share := range l.shares {
				if err := solver.SetRate(group, rate(step)*share); err != nil {
					return fmt.Errorf("finder: %w", err)
				}
			}
			p, err := l.run(b)
			if err != nil {
				return fmt.Errorf("finder: step %d: %w", step+1, err)
			}
			if !look(step, p.Loss()) {
				return nil
			}
			if err := solver.Step(p.Gradients()); err != nil {
				return fmt.Errorf("finder: step %d: %w", step+1, err)
			}
			if step++; step == steps {
				return nil
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// run runs the model on a batch.
func (l *learner) run(b data.Batch) (*graph.Program, error) {
	p, err := l.runner.Program(l.size())
	if err != nil {
		return nil, err
	}
	labels := b.Labels
	if l.Train.Classes() == 0 {
		labels = nil
	}
	return l.runner.Run(b.X, labels, train.AppendFields(nil, p, b)...)
}

// rateShares returns the rates of the solver's groups as shares of its own rate.
func rateShares(t solvers.Tuning) []float64 {
	shares := []float64{1}
	for _, g := range t.Groups {
		share := 1.0
		if g.LR != nil {
			share = *g.LR
		}
		shares = append(shares, share)
	}
	return shares
}
