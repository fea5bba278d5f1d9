package train

import (
	"context"
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/safetensors"
	"anneal/metrics"
	"anneal/runs"
	"anneal/weights"
)

// average is a mean of a run's parameters and running statistics. Its first update copies them; each later one computes
//
//	average += share·(w − average)
//
// and copies counters. An exponential moving average (EMA) has an update per step, with the share 1−decay. Stochastic
// weight averaging (SWA) has one per epoch, whose share 1/(n+1) after n updates weighs all epochs equally. They are
// PyTorch's AveragedModel(use_buffers=True), EMA with get_ema_multi_avg_fn(decay) and SWA with its default. PyTorch
// averages counters, too, and truncates the result.
//
// Source of SWA: Izmailov et al. 2018, "Averaging Weights Leads to Wider Optima and Better Generalization",
// arXiv:1803.05407, algorithm 1.
//
// The methods take the number of epochs in an equal average, which a run's Progress records. An exponential one ignores
// it.
type average struct {
	decay  float64 // of an exponential moving average; 0: an equal one
	from   int     // the first epoch whose end counts in an equal average
	params *graph.Params
	moves  []func(share float64) // move each of params
	test   *Evaluator            // of params
	valid  *Evaluator            // of params, nil without validation samples
}

// newAverage returns an average that holds what c.Params are now. Without c.EMA and c.SWA it is nil.
func newAverage(c Config) (*average, error) {
	if c.EMA == 0 && c.SWA == 0 {
		return nil, nil
	}
	if err := checkRoom("the average of the weights", paramBytes(c.Params)); err != nil {
		return nil, err
	}
	a := &average{decay: c.EMA, from: c.SWA, params: graph.NewParams(c.Params.Seed(), c.Params.Dtype())}
	var err error
	if a.test, err = NewEvaluator(c.Model, a.params, c.Test, c.EvalBatch, c.Loss); err != nil {
		return nil, err
	}
	if err = a.test.SetMetrics(c.Metrics...); err != nil {
		return nil, err
	}
	if a.valid, err = a.test.on(c.Validation, c.EvalBatch); err != nil {
		return nil, err
	}
	for _, p := range a.params.All() {
		a.moves = append(a.moves, mover(p.Value(), c.Params.Lookup(p.Name()).Value()))
	}
	a.move(1)
	return a, nil
}

// begun reports whether there is an average. An equal one begins with its first epoch.
func (a *average) begun(epochs int) bool { return a != nil && (a.decay > 0 || epochs > 0) }

// result returns the parameters that hold the average, which is one of both, or nil if it has not begun.
func (a *average) result(epochs int) (ema, swa *graph.Params) {
	switch {
	case !a.begun(epochs):
		return nil, nil
	case a.decay > 0:
		return a.params, nil
	}
	return nil, a.params
}

// afterStep moves an exponential moving average towards the parameters after a step, counted from 1.
func (a *average) afterStep(step int) {
	switch {
	case a == nil || a.decay == 0:
	case step == 1:
		a.move(1)
	default:
		a.move(1 - a.decay)
	}
}

// afterEpoch adds the parameters after an epoch to an equal average, and returns the number of epochs in it. An epoch
// that is in it already, because its evaluation was interrupted, changes nothing.
func (a *average) afterEpoch(epoch, epochs int) int {
	if a == nil || a.decay > 0 || epoch-a.from < epochs {
		return epochs
	}
	a.move(1 / float64(epochs+1))
	return epochs + 1
}

func (a *average) move(share float64) {
	for _, m := range a.moves {
		m(share)
	}
}

// mover returns what moves a mean towards w.
func mover(mean, w *tensor.Dense) func(share float64) {
	switch m := mean.Data().(type) {
	case []float32:
		return func(share float64) { approach(m, w.Float32s(), share) }
	case []float64:
		return func(share float64) { approach(m, w.Float64s(), share) }
	default:
		return func(float64) { copy(mean.Int64s(), w.Int64s()) }
	}
}

// approach computes mean += share·(w − mean).
func approach[T float32 | float64](mean, w []T, share float64) {
	if share == 1 {
		copy(mean, w)
		return
	}
	s := T(share)
	for i, v := range w {
		mean[i] += s * (v - mean[i])
	}
}

// evaluate completes an epoch with how well the average does, if it has begun.
func (a *average) evaluate(ctx context.Context, epoch *runs.Epoch, epochs int) error {
	if !a.begun(epochs) {
		return nil
	}
	found := runs.Average{Name: "ema"}
	if a.decay == 0 {
		found.Name = "swa"
	}
	result, err := a.test.Run(ctx)
	if err != nil {
		return err
	}
	for i, v := range result.Metrics {
		epoch.Metrics[i].AverageTest = metrics.Finite(v)
	}
	found.TestLoss, found.TestAccuracy = metrics.Finite(result.Loss), metrics.Finite(result.Accuracy())
	if a.valid != nil {
		if result, err = a.valid.Run(ctx); err != nil {
			return err
		}
		for i, v := range result.Metrics {
			epoch.Metrics[i].AverageValidation = metrics.Finite(v)
		}
		found.ValidationLoss, found.ValidationAccuracy = metrics.Finite(result.Loss), metrics.Finite(result.Accuracy())
	}
	epoch.SetAverage(found)
	return nil
}

// prefix returns what the names of the average's tensors begin with in a checkpoint.
func (a *average) prefix() string {
	if a.decay > 0 {
		return weights.EMAPrefix
	}
	return weights.SWAPrefix
}

// state returns the average as tensors of a checkpoint, none if it has not begun.
func (a *average) state(epochs int) []safetensors.Tensor {
	if !a.begun(epochs) {
		return nil
	}
	return weights.Tensors(a.params, a.prefix())
}

// restore puts back what state returned.
func (a *average) restore(f *safetensors.File, epochs int) error {
	if !a.begun(epochs) {
		return nil
	}
	if err := weights.Restore(weights.Part(f, a.prefix()), a.params); err != nil {
		return fmt.Errorf("the average of the weights %w", err)
	}
	return nil
}
