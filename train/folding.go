package train

import (
	"context"
	"math"

	"anneal/data"
	"anneal/graph"
)

// FoldingError is the largest |Δ logit| over a data set between the model as it is and the model with every BatchNorm folded into the
// layer before it, where it can be. It is NaN if a logit is. It stops with ctx's error when ctx is done; a model that cannot take the
// set's samples is an error.
func FoldingError(ctx context.Context, model graph.Model, params *graph.Params, set data.Dataset) (float64, error) {
	options := data.Options{Batch: 1000}
	plain, err := newFeed(model, params, graph.Config{Mode: graph.Eval}, set, options)
	if err != nil {
		return 0, err
	}
	folded, err := newFeed(model, params, graph.Config{Mode: graph.Eval, Fuse: true}, set, options)
	if err != nil {
		return 0, err
	}
	largest := 0.0
	for b := range plain.loader.Epoch(ctx, 0, 0) {
		p, err := plain.run(b, 0)
		if err != nil {
			return 0, err
		}
		q, err := folded.run(b, 0)
		if err != nil {
			return 0, err
		}
		other := graph.Float64s(q.Logits())
		for i, logit := range graph.Float64s(p.Logits()) {
			largest = max(largest, math.Abs(logit-other[i]))
		}
	}
	return largest, ctx.Err()
}
