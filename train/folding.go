package train

import (
	"context"
	"math"

	"anneal/data"
	"anneal/graph"
)

// FoldingError returns the largest |Δ logit| over a data set between the model as it is and the model with its
// BatchNorms folded into the layers before them, where they can be. It is NaN if a logit is. FoldingError stops with
// ctx's error when ctx is done. A model that cannot take the set's samples is an error.
func FoldingError(ctx context.Context, model graph.Model, params *graph.Params, set data.Dataset) (float64, error) {
	const batch = 1000
	loader, err := data.NewLoader(set, data.Options{Batch: batch})
	if err != nil {
		return 0, err
	}
	plain, err := newRunner(model, params, graph.Config{Mode: graph.Eval}, set, batch)
	if err != nil {
		return 0, err
	}
	folded, err := newRunner(model, params, graph.Config{Mode: graph.Eval, Fuse: true}, set, batch)
	if err != nil {
		return 0, err
	}
	largest := 0.0
	for b, err := range loader.Epoch(ctx, 0, 0) {
		if err != nil {
			return 0, err
		}
		p, err := plain.batch(b)
		if err != nil {
			return 0, err
		}
		q, err := folded.batch(b)
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
