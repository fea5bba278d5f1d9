package train

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"anneal/data"
	"anneal/graph"
	"anneal/internal/plural"
)

// newRunner returns a runner for the samples of set. It compiles model for every size of batch in which they come, so
// that a model that cannot run one of them fails before the first batch.
func newRunner(
	model graph.Model, params *graph.Params, how graph.Config, set data.Dataset, batch int,
) (*graph.Runner, error) {
	sample := set.Shape()
	how.Shape = tensor.Shape{min(batch, set.Len()), sample[0], sample[1], sample[2]}
	r, err := graph.NewRunner(model, params, how)
	if err != nil {
		return nil, fmt.Errorf("train: the model on a batch of shape %v: %w", []int(how.Shape), err)
	}
	return r, compileAll(r, set, batch)
}

// compileAll compiles the model of r for every size of batch in which the samples of set come.
func compileAll(r *graph.Runner, set data.Dataset, batch int) error {
	n := set.Len()
	size := min(batch, n)
	p, err := r.Program(size)
	if err != nil {
		return err
	}
	if p.Classes() < set.Classes() {
		return tooFewLogits(p.Classes(), set)
	}
	if last := n % size; last > 0 {
		if _, err := r.Program(last); err != nil {
			return fmt.Errorf("train: the model on a batch of %d: %w (%s make batches of %d and a last one of %d; "+
				"drop-last leaves that one out)", last, err, plural.Of(n, "sample"), size, last)
		}
	}
	return nil
}

// tooFewLogits returns the error for a model with too few logits for the labels of set.
func tooFewLogits(logits int, set data.Dataset) error {
	labels := data.Labels(set)
	low, high := slices.Min(labels), slices.Max(labels)
	wanted := fmt.Sprintf("%d logits", set.Classes())
	if low > 0 {
		wanted += fmt.Sprintf(", or %d and labels that begin with 0", int32(set.Classes())-low)
	}
	return fmt.Errorf("train: the data has %s and the model tells %d apart: labels run from %d to %d; "+
		"want at least as many logits as classes: %s", plural.Of(set.Classes(), "class"), logits, low, high, wanted)
}
