package train

import (
	"context"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
)

// Evaluation is how well a model does on a data set.
type Evaluation struct {
	Loss    float64 // cross-entropy, the mean over the samples, in nats
	Correct int     // samples whose label has the largest logit, the first of equal ones
	Total   int
}

// Accuracy is Correct / Total.
func (e Evaluation) Accuracy() float64 { return float64(e.Correct) / float64(e.Total) }

// Evaluator evaluates a model, in evaluation mode, on the whole of one data set.
type Evaluator struct {
	params *graph.Params
	feed   *feed
}

// NewEvaluator compiles model for batches of batch samples (1000 is a good number; the result hardly depends on it). Every
// Run reads the parameters from params; with nil they are new ones of type float32, which Load may fill.
func NewEvaluator(model graph.Model, params *graph.Params, set data.Dataset, batch int) (*Evaluator, error) {
	if params == nil {
		params = graph.NewParams(0, tensor.Float32)
	}
	f, err := newFeed(model, params, graph.Config{Mode: graph.Eval, Fuse: true}, set, data.Options{Batch: batch})
	if err != nil {
		return nil, err
	}
	return &Evaluator{params, f}, nil
}

// Params is the store of the parameters that are evaluated.
func (e *Evaluator) Params() *graph.Params { return e.params }

// Run evaluates. It stops with ctx's error when ctx is done.
func (e *Evaluator) Run(ctx context.Context) (Evaluation, error) {
	var result Evaluation
	sum := 0.0
	for b := range e.feed.loader.Epoch(ctx, 0, 0) {
		p, err := e.feed.run(b, 0)
		if err != nil {
			return Evaluation{}, err
		}
		sum += p.Loss() * float64(len(b.Labels))
		switch logits := p.Logits().Data().(type) {
		case []float32:
			result.Correct += correct(logits, b.Labels)
		case []float64:
			result.Correct += correct(logits, b.Labels)
		}
		result.Total += len(b.Labels)
	}
	if err := ctx.Err(); err != nil {
		return Evaluation{}, err
	}
	result.Loss = sum / float64(result.Total)
	return result, nil
}

// correct counts the rows of logits, [len(labels), classes], whose first maximum is at the label.
func correct[T float32 | float64](logits []T, labels []int32) int {
	count, classes := 0, len(logits)/len(labels)
	for i, label := range labels {
		row := logits[i*classes : (i+1)*classes]
		best := 0
		for c, v := range row {
			if v > row[best] {
				best = c
			}
		}
		if best == int(label) {
			count++
		}
	}
	return count
}
