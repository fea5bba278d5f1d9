// Package train runs the training loop: batches in, parameters moved at the rates of a schedule, every epoch evaluated,
// everything recorded.
//
// Run does a whole run as its Config says. A run with a folder leaves in it config.json (see Record), metrics.jsonl (see
// Metrics) and, when it ended well, final.safetensors (see Save). An Evaluator evaluates a model on its own.
//
// Losses are means over samples in nats, accuracies are fractions, times are seconds of wall time. Epochs and steps are
// counted from 1; a step is one update of the parameters.
package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"anneal/graph"
)

// ErrDiverged is wrapped by the error of a run whose loss is not a finite number.
var ErrDiverged = errors.New("training diverged: the loss is not finite")

// Result is what a run leaves.
type Result struct {
	Params *graph.Params
	Epochs []Epoch // as they were told to the observers
	End    End
}

// Run trains c.Model on c.Train and evaluates it on c.Test after every epoch.
//
// Whatever is wrong with c is found before anything is written or trained. A loss that is not finite ends the run before
// it moves or saves a parameter; the error wraps ErrDiverged and names the epoch, the step, the rates and the last finite
// loss, and the Result tells how far the run came. When ctx is done, the current step ends and so does the run, with
// Interrupted as its reason and no error.
//
// The result depends on c alone, to the bit: neither on the machine's number of processors nor on when it runs.
func Run(ctx context.Context, c Config) (*Result, error) {
	r, err := c.prepare()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.open(); err != nil {
		return nil, err
	}
	defer r.close()

	end := &r.result.End
	end.Reason = Completed
	failure := r.epochs(ctx)
	switch {
	case failure == nil:
	case errors.Is(failure, ErrDiverged):
		end.Reason = Diverged
	case ctx.Err() != nil && errors.Is(failure, ctx.Err()):
		end.Reason, failure = Interrupted, nil
	default:
		return nil, failure
	}
	if r.Dir != "" && failure == nil {
		if err := Save(filepath.Join(r.Dir, FinalFile), r.Params); err != nil {
			return nil, err
		}
	}
	if err := r.tell(*end); err != nil {
		return nil, err
	}
	return r.result, failure
}

// epochs trains and evaluates until the run's last step.
func (r *run) epochs(ctx context.Context) error {
	if err := r.tell(r.start()); err != nil {
		return err
	}
	for number := 1; r.step < r.total; number++ {
		epoch := Epoch{Epoch: number}
		if err := r.train(ctx, &epoch); err != nil {
			return err
		}
		if err := r.evaluate(ctx, &epoch); err != nil {
			return err
		}
		r.rate.watch(epoch)
		r.result.add(epoch)
		if err := r.tell(epoch); err != nil {
			return err
		}
	}
	return nil
}

// train goes through the training samples once, or as far as the run's last step.
func (r *run) train(ctx context.Context, e *Epoch) error {
	started := time.Now()
	sum, seen := 0.0, 0
	for b := range r.feed.loader.Epoch(ctx, e.Epoch, 0) {
		lr, err := r.rate.set(e.Epoch-1, r.step)
		if err != nil {
			return err
		}
		p, err := r.feed.run(b, r.step)
		if err != nil {
			return fmt.Errorf("train: epoch %d, step %d: %w", e.Epoch, r.step+1, err)
		}
		loss := p.Loss()
		if err := r.finite("loss", loss, e.Epoch, r.step+1, lr); err != nil {
			return err
		}
		if err := r.solver.Step(p.Gradients()); err != nil {
			return fmt.Errorf("train: epoch %d, step %d: %w", e.Epoch, r.step+1, err)
		}
		r.step++
		seen += len(b.Labels)
		sum += loss * float64(len(b.Labels))
		e.Step, e.LR, e.TrainLoss = r.step, lr, sum/float64(seen)
		if err := r.tell(Step{Epoch: e.Epoch, Step: r.step, Batch: b.Index + 1, Seen: seen, Loss: loss, LR: lr}); err != nil {
			return err
		}
		if r.step == r.total {
			break
		}
	}
	e.TrainSeconds = seconds(started)
	return ctx.Err()
}

// evaluate evaluates the model on the test samples.
func (r *run) evaluate(ctx context.Context, e *Epoch) error {
	started := time.Now()
	result, err := r.test.Run(ctx)
	if err != nil {
		return err
	}
	e.TestLoss, e.TestAccuracy, e.Correct, e.Total = result.Loss, result.Accuracy(), result.Correct, result.Total
	e.TestSeconds = seconds(started)
	return r.finite("test loss", e.TestLoss, e.Epoch, e.Step, e.LR)
}

// finite remembers a loss, or says where a loss that is not finite stands.
func (r *run) finite(what string, loss float64, epoch, step int, lr []float64) error {
	if !math.IsNaN(loss) && !math.IsInf(loss, 0) {
		r.last = fmt.Sprintf("%s %g", what, loss)
		return nil
	}
	return fmt.Errorf("train: epoch %d, step %d, lr %s: %s %v, last finite one: %s: %w", epoch, step, rates(lr), what, loss, r.last, ErrDiverged)
}

// seconds is the wall time since started, to the millisecond.
func seconds(started time.Time) float64 {
	return math.Round(time.Since(started).Seconds()*1e3) / 1e3
}

// add takes a finished epoch into the result.
func (r *Result) add(e Epoch) {
	r.Epochs = append(r.Epochs, e)
	r.End.Epochs++
	if r.End.BestEpoch == 0 || e.TestAccuracy > r.End.BestAccuracy {
		r.End.BestEpoch, r.End.BestAccuracy = e.Epoch, e.TestAccuracy
	}
}
