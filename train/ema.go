package train

import (
	"context"
	"fmt"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/internal/safetensors"
	"anneal/runs"
	"anneal/weights"
)

// ema is an exponential moving average of a run's parameters and running statistics. After the first update it is what
// they are; after each later one
//
//	ema = decay·ema + (1−decay)·w
//
// and counters are copied. It is PyTorch's AveragedModel(use_buffers=True) with get_ema_multi_avg_fn(decay), but that
// averages counters too and cuts off their fractions.
type ema struct {
	decay  float64
	params *graph.Params     // the average, under the names of what it is of
	moves  []func(d float64) // move each of params as with decay d
	test   *Evaluator        // of params
	valid  *Evaluator        // of params, nil without validation samples
}

// newEMA begins with what c.Params are now. Without c.EMA it is nil.
func newEMA(c Config) (*ema, error) {
	if c.EMA == 0 {
		return nil, nil
	}
	e := &ema{decay: c.EMA, params: graph.NewParams(c.Params.Seed(), c.Params.Dtype())}
	var err error
	if e.test, err = NewEvaluator(c.Model, e.params, c.Test, c.EvalBatch); err != nil {
		return nil, err
	}
	if e.valid, err = e.test.on(c.Validation, c.EvalBatch); err != nil {
		return nil, err
	}
	for _, p := range e.params.All() {
		e.moves = append(e.moves, mover(p.Value(), c.Params.Lookup(p.Name()).Value()))
	}
	e.move(0)
	return e, nil
}

// average returns the parameters that hold the average, nil without one.
func (e *ema) average() *graph.Params {
	if e == nil {
		return nil
	}
	return e.params
}

// update moves the average towards the parameters after a step, counted from 1.
func (e *ema) update(step int) {
	switch {
	case e == nil:
	case step == 1:
		e.move(0)
	default:
		e.move(e.decay)
	}
}

func (e *ema) move(decay float64) {
	for _, m := range e.moves {
		m(decay)
	}
}

// mover returns what moves a mean towards w.
func mover(mean, w *tensor.Dense) func(decay float64) {
	switch m := mean.Data().(type) {
	case []float32:
		return func(decay float64) { approach(m, w.Float32s(), decay) }
	case []float64:
		return func(decay float64) { approach(m, w.Float64s(), decay) }
	default:
		return func(float64) { copy(mean.Int64s(), w.Int64s()) }
	}
}

// approach computes mean = decay·mean + (1−decay)·w.
func approach[T float32 | float64](mean, w []T, decay float64) {
	if decay == 0 {
		copy(mean, w)
		return
	}
	share := T(1 - decay)
	for i, v := range w {
		mean[i] += share * (v - mean[i])
	}
}

// evaluate completes an epoch with how well the average does.
func (e *ema) evaluate(ctx context.Context, epoch *runs.Epoch) error {
	if e == nil {
		return nil
	}
	result, err := e.test.Run(ctx)
	if err != nil {
		return err
	}
	epoch.EMATestLoss, epoch.EMATestAccuracy = finiteOrNil(result.Loss), finiteOrNil(result.Accuracy())
	if e.valid == nil {
		return nil
	}
	result, err = e.valid.Run(ctx)
	epoch.EMAValidationLoss, epoch.EMAValidationAccuracy = finiteOrNil(result.Loss), finiteOrNil(result.Accuracy())
	return err
}

// state returns the average as tensors of a checkpoint.
func (e *ema) state() []safetensors.Tensor {
	if e == nil {
		return nil
	}
	return weights.Tensors(e.params, weights.EMAPrefix)
}

// restore puts back what state returned.
func (e *ema) restore(f *safetensors.File) error {
	if e == nil {
		return nil
	}
	if err := weights.Restore(weights.Part(f, weights.EMAPrefix), e.params); err != nil {
		return fmt.Errorf("the moving average %w", err)
	}
	return nil
}
