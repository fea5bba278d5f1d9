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
		switch logits := p.Logits().Data().(type) {
		case []float32:
			largest = max(largest, distant(logits, q.Logits().Float32s()))
		case []float64:
			largest = max(largest, distant(logits, q.Logits().Float64s()))
		}
	}
	return largest, ctx.Err()
}

// distant is the largest |a−b| of two elements.
func distant[T float32 | float64](a, b []T) float64 {
	largest := 0.0
	for i, v := range a {
		largest = max(largest, math.Abs(float64(v)-float64(b[i])))
	}
	return largest
}
