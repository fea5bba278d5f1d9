package train

import (
	"cmp"
	"context"
	"math"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/metrics"
	"anneal/runs"
)

// Evaluation is how well a model does on a data set.
type Evaluation struct {
	// Loss is the mean over the samples: of the cross-entropy, in nats, or of another loss, with the weights that it gives
	// the samples.
	Loss  float64
	Total int // samples

	// Classified says that the samples have classes, and that the model's own result is their logits. Without, there is
	// nothing below.
	Classified bool
	Correct    int // samples whose label has the largest logit, the first of equal ones

	// For each class of the model:
	Confusion [][]int   // counts of samples: [label][predicted class]; nil above 100 classes
	Precision []float64 // of the samples predicted to be of the class, the share that is; NaN if there are none
	Recall    []float64 // of the samples of the class, the share predicted to be; NaN if there are none

	Metrics []float64 // those of SetMetrics, in their order, NaN where they are not defined

	counts runs.Counts
}

// Chance returns the loss and the accuracy of the best network that does not look at its input: it knows how frequent
// each class is in the data set.
func (e Evaluation) Chance() (loss, accuracy float64) { return e.counts.Chance() }

// Guesses reports whether the model does no better than guessing; see runs.Counts.
func (e Evaluation) Guesses() bool { return e.Classified && e.counts.Guesses(e.Loss) }

// Accuracy returns Correct / Total, or NaN if there are no classes.
func (e Evaluation) Accuracy() float64 {
	if !e.Classified {
		return math.NaN()
	}
	return float64(e.Correct) / float64(e.Total)
}

// Evaluator evaluates a model, in evaluation mode, on the whole of one data set.
type Evaluator struct {
	params *graph.Params
	set    data.Dataset
	batch  int // the largest
	loader *data.Loader
	runner *runner
	wanted []metrics.Metric

	team *team        // that Run deals the batches to, or nil
	own  *data.Loader // of this rank's batches; nil without team
}

// NewEvaluator compiles model for batches of batch samples. 200 is a good number: their values stay in the caches, and
// the result hardly depends on it. Every Run reads the parameters from params; if that is nil, NewEvaluator makes new
// ones of type float32, which weights.Load may fill. loss is the one that is evaluated, or none for cross-entropy. A
// batch below 1 and a model that cannot take the set's samples are errors.
func NewEvaluator(
	model graph.Model, params *graph.Params, set data.Dataset, batch int, loss ...graph.Loss,
) (*Evaluator, error) {
	if params == nil {
		params = graph.NewParams(0, tensor.Float32)
	}
	loader, err := data.NewLoader(set, data.Options{Batch: batch})
	if err != nil {
		return nil, err
	}
	how := graph.Config{Mode: graph.Eval, Fuse: true}
	if len(loss) > 0 {
		how.Loss = loss[0]
	}
	runner, err := newRunner(model, params, how, set, batch)
	if err != nil {
		return nil, err
	}
	return &Evaluator{params: params, set: set, batch: min(batch, set.Len()), loader: loader, runner: runner}, nil
}

// on returns an Evaluator that evaluates the same parameters on another data set, with the same programs. For no set it
// returns nil.
func (e *Evaluator) on(set data.Dataset, batch int) (*Evaluator, error) {
	if set == nil {
		return nil, nil
	}
	loader, err := data.NewLoader(set, data.Options{Batch: batch})
	if err != nil {
		return nil, err
	}
	if err := compileAll(e.runner, set, batch); err != nil {
		return nil, err
	}
	other := &Evaluator{params: e.params, set: set, batch: min(batch, set.Len()), loader: loader, runner: e.runner}
	return other, other.SetMetrics(e.wanted...)
}

// Params returns the parameters that Run evaluates.
func (e *Evaluator) Params() *graph.Params { return e.params }

// Classifies reports whether Run counts classes; see Evaluation.Classified.
func (e *Evaluator) Classifies() bool { return e.runner.classifies }

// Run evaluates the model. It stops with ctx's error when ctx is done.
func (e *Evaluator) Run(ctx context.Context) (Evaluation, error) {
	if e.team != nil && len(e.wanted) == 0 {
		return e.runDealt(ctx)
	}
	var result Evaluation
	var t *tally
	var loss lossMean
	measures := e.measures()
	var failure error
	err := e.each(ctx, e.loader, func(p *graph.Program, b data.Batch) {
		failure = cmp.Or(failure, measures.add(p, b))
		result.Total += len(b.Labels)
		loss.add(p.Terms())
		if !e.runner.classifies {
			return
		}
		if t == nil {
			t = newTally(p.Classes())
		}
		t.count(graph.Float64s(p.Logits()), b.Labels)
	})
	if err = cmp.Or(err, failure); err != nil {
		return Evaluation{}, err
	}
	result.Metrics = measures.values()
	if t != nil {
		t.into(&result)
	}
	result.Loss = loss.value()
	return result, nil
}

// each runs the model on each batch and calls f with the program that has its results.
func (e *Evaluator) each(ctx context.Context, l *data.Loader, f func(*graph.Program, data.Batch)) error {
	for b, err := range l.Epoch(ctx, 0, 0) {
		if err != nil {
			return err
		}
		if len(b.Labels) == 0 { // of another rank
			continue
		}
		p, err := e.runner.batch(b)
		if err != nil {
			return err
		}
		f(p, b)
	}
	return ctx.Err()
}
