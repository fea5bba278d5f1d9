package train

import (
	"context"
	"fmt"
	"time"

	"anneal/metrics"
	"anneal/runs"
)

// evaluate evaluates the model on the test samples and on those of validation, which ends the epoch.
func (r *run) evaluate(ctx context.Context) (runs.Epoch, error) {
	started := time.Now()
	result, err := r.test.Run(ctx)
	if err != nil {
		return runs.Epoch{}, fmt.Errorf("train: epoch %d, test samples: %w", r.at.Epoch, err)
	}
	e := runs.Epoch{
		Epoch: r.at.Epoch, Step: r.at.Step, LR: r.at.LR,
		TrainLoss: r.at.LossSum / float64(r.at.Seen), TrainSeconds: r.at.Seconds,
		TestLoss: result.Loss, Correct: result.Correct, Total: result.Total, NoClasses: !result.Classified,
		Confusion: result.Confusion, Precision: result.Precision, Recall: result.Recall,
		Guessing: new(r.nats() && result.Guesses()),
	}
	if r.team != nil {
		e.ExchangeSeconds = r.team.exchanged()
	}
	if result.Classified {
		e.TestAccuracy = result.Accuracy()
	}
	for i, m := range r.Metrics {
		e.Metrics = append(e.Metrics, runs.Metric{
			Name: m.String(), Larger: m.Larger(), Test: metrics.Finite(result.Metrics[i]),
		})
	}
	r.evaluation = result
	if err := r.checkLoss("test loss", e.TestLoss, e.Step, e.LR); err != nil {
		return e, err
	}
	if err := r.validate(ctx, &e); err != nil {
		return e, err
	}
	r.at.Averaged = r.average.afterEpoch(e.Epoch, r.at.Averaged)
	err = r.average.evaluate(ctx, &e, r.at.Averaged)
	e.TestSeconds = seconds(started)
	return e, err
}

// validate completes an epoch with how well the model does on the validation samples, if there are any.
func (r *run) validate(ctx context.Context, e *runs.Epoch) error {
	if r.validation == nil {
		return nil
	}
	result, err := r.validation.Run(ctx)
	if err != nil {
		return fmt.Errorf("train: epoch %d, validation samples: %w", r.at.Epoch, err)
	}
	e.ValidationLoss, e.ValidationAccuracy = &result.Loss, metrics.Finite(result.Accuracy())
	for i, v := range result.Metrics {
		e.Metrics[i].Validation = metrics.Finite(v)
	}
	return r.checkLoss("validation loss", result.Loss, e.Step, e.LR)
}

// addEpoch adds an evaluated epoch to the result, and reports whether it is the best so far, if anything chooses.
func (r *run) addEpoch(e runs.Epoch) (best bool) {
	r.result.Epochs = append(r.result.Epochs, e)
	r.at.Evaluate(e)
	r.at.Choice = runs.Choose(r.result.Epochs, r.ChooseBy, r.Best)
	return r.at.Choice.Epoch == e.Epoch
}
