// Package train runs the training loop: batches in, parameters moved at the rates of a schedule, every epoch evaluated,
// everything recorded.
//
// Run does a whole run as its Config says. It tells the run's events to observers, and leaves in the run's folder
// what package runs describes: settings, metrics, checkpoints, from which Resume continues, and the weights. An
// Evaluator evaluates a model without a run.
//
// Losses are means over samples in nats, those of training with its label smoothing; accuracies are fractions, times
// are seconds of wall time. Epochs and steps are counted from 1; a step is one update of the parameters.
package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"anneal/cluster"
	"anneal/data"
	"anneal/graph"
	"anneal/internal/folderlock"
	"anneal/runs"
	"anneal/schedules"
)

// ErrDiverged is wrapped by the error of a run whose loss is not a finite number.
var ErrDiverged = errors.New("training diverged: the loss is not finite")

// Result is what a run leaves.
type Result struct {
	Params *graph.Params
	EMA    *graph.Params // their moving average, nil without Config.EMA
	SWA    *graph.Params // their equal average, nil without Config.SWA and if the run ended before its first epoch
	Epochs []runs.Epoch  // as they were told to the observers
	End    runs.End
}

// Run trains c.Model on c.Train and evaluates it on c.Test after every epoch.
//
// Whatever is wrong with c is found before anything is written or trained. A loss that is not finite ends the run
// before it moves or saves a parameter; the error wraps ErrDiverged and names the epoch, the step, the rates and the
// last finite loss, and the Result tells how far the run came. When ctx is done, the current step ends and so does
// the run, with Interrupted as its reason and no error.
//
// The result is determined by c, bit for bit, on all processors that use the same kernels, whatever their number: AVX2
// and AVX-512 compute the same bits. If c.Commands change the rate, the result depends also on them and on the
// steps at which they come; metrics.jsonl records both.
func Run(ctx context.Context, c Config) (*Result, error) {
	c = c.ofRank()
	r, err := c.prepare()
	if err = c.agree(ctx, cmp.Or(err, ctx.Err())); err != nil {
		return nil, err
	}
	if ctx, err = r.begin(ctx); err != nil {
		return nil, err
	}
	defer r.close()
	if err := c.agree(ctx, r.open(ctx)); err != nil {
		return nil, err
	}
	unlock, err := folderlock.Lock(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	defer unlock()
	return r.toEnd(ctx)
}

// toEnd trains from where the run is to its end.
func (r *run) toEnd(ctx context.Context) (*Result, error) {
	ctx, r.stop = context.WithCancel(ctx)
	defer r.stop()
	r.observe(ctx)
	reason := runs.Completed
	failure := r.epochs(ctx)
	r.result.EMA, r.result.SWA = r.average.result(r.at.Averaged)
	switch {
	case failure == nil && r.stoppedEarly():
		reason = runs.StoppedEarly
	case failure == nil:
	case errors.Is(failure, ErrDiverged):
		reason = runs.Diverged
	case ctx.Err() != nil && errors.Is(failure, ctx.Err()):
		reason, failure = runs.Interrupted, r.save(false)
	default:
		return nil, r.saveUnread(failure)
	}
	if failure == nil {
		if err := r.saveFinal(); err != nil {
			return nil, err
		}
	}
	r.result.End = r.end(reason)
	return r.result, errors.Join(failure, r.tell(r.result.End))
}

// saveUnread saves the run if it ends because a sample could not be read, or because another rank could not go on, so
// that no step is lost, and returns why the run ends. What an update that has not all of its batches has, is not saved:
// that update begins again.
func (r *run) saveUnread(failure error) error {
	unread, elsewhere := (*data.SampleError)(nil), (*cluster.Agreed)(nil)
	if !errors.As(failure, &unread) && !errors.As(failure, &elsewhere) || r.accumulation.begun() {
		return failure
	}
	return errors.Join(failure, r.save(false))
}

// end returns the event that closes the run.
func (r *run) end(reason string) runs.End {
	e := runs.End{
		Epochs: r.at.Evaluated, BestAccuracy: r.at.BestAccuracy, BestEpoch: r.at.BestEpoch, Reason: reason,
		Choice: r.at.Choice,
	}
	if n := len(r.result.Epochs); n > 0 {
		last := r.result.Epochs[n-1]
		e.TestAccuracy, e.NoClasses = last.TestAccuracy, last.NoClasses
		if e.NoClasses {
			e.TestLoss = last.TestLoss
		}
	}
	return e
}

// epochs trains and evaluates until the run's last step, or until its patience is over.
func (r *run) epochs(ctx context.Context) error {
	if err := r.tell(r.start()); err != nil {
		return err
	}
	for (r.at.Step < r.TotalSteps || r.at.Batch > 0) && !r.stoppedEarly() {
		if err := r.train(ctx); err != nil {
			return err
		}
		if err := r.compareWeights(); err != nil {
			return err
		}
		epoch, err := r.evaluate(ctx)
		if err != nil {
			return err
		}
		r.scheduler.watch(epoch)
		r.patience.watch(epoch)
		best := r.addEpoch(epoch)
		if err := r.tell(epoch); err != nil {
			return err
		}
		if err := r.noticeGuessing(r.evaluation); err != nil {
			return err
		}
		if err := r.noticeDead(); err != nil {
			return err
		}
		if err := r.diagnose(ctx); err != nil {
			return err
		}
		r.at.NextEpoch()
		if err := r.save(best); err != nil {
			return err
		}
	}
	return nil
}

// train goes through the rest of the epoch's training samples, or as far as the run's last step. A step that has begun
// ends, even if ctx is done.
func (r *run) train(ctx context.Context) error {
	if r.at.Step == r.TotalSteps {
		return nil
	}
	r.clock.start(r.at.Seconds)
	defer func() { r.at.Seconds = r.clock.stop() }()
	batches := r.loader.Batches()
	r.runner.SetStep(r.batchStep(r.at.Batch))
	for b, err := range r.loader.Epoch(context.WithoutCancel(ctx), r.at.Epoch-1, r.at.Batch) {
		if err != nil && r.team == nil {
			return r.failed(err)
		}
		if b.Index%r.Accumulate == 0 {
			if err := r.steer(ctx); err != nil {
				return err
			}
		}
		update, lr, err := r.add(b, err)
		if err != nil {
			return err
		}
		if update.batches == 0 {
			continue
		}
		last := r.at.Batch == batches || r.at.Step+1 == r.TotalSteps
		r.diagnosis.before(last)
		if err := r.solver.Step(update.gradients); err != nil {
			return r.failed(err)
		}
		r.diagnosis.after(last, &r.at)
		r.at.Step++
		r.at.LR = lr
		r.average.afterStep(r.at.Step)
		if err := r.tellStep(update, lr); err != nil {
			return err
		}
		if r.SaveEvery > 0 && r.at.Step%r.SaveEvery == 0 {
			if err := r.save(false); err != nil {
				return err
			}
		}
		if r.at.Step == r.TotalSteps {
			break
		}
	}
	return ctx.Err()
}

// tellStep tells the observers about an update, and begins another mean loss if the update has a line in metrics.jsonl.
func (r *run) tellStep(u update, lr []float64) error {
	step := runs.Step{
		Epoch: r.at.Epoch, Step: r.at.Step, Batch: r.at.Batch, Took: u.batches, Samples: u.samples, Seen: r.at.Seen,
		Loss: u.loss, MeanLoss: r.at.Unlogged.Mean(), MeanSamples: r.at.Unlogged.Samples,
		EpochLoss: r.at.LossSum / float64(r.at.Seen), LR: lr,
	}
	if step.Every(r.LogEvery) {
		r.at.Unlogged = runs.LossMean{}
	}
	if err := r.tell(step); err != nil {
		return err
	}
	return r.noticeDiverging(u.loss, lr)
}

// failed adds to an error the step that failed.
func (r *run) failed(err error) error {
	return fmt.Errorf("train: epoch %d, step %d: %w", r.at.Epoch, r.at.Step+1, err)
}

// checkLoss remembers a loss. Its error says where a loss is not finite.
func (r *run) checkLoss(what string, loss float64, step int, lr []float64) error {
	if !math.IsNaN(loss) && !math.IsInf(loss, 0) {
		r.at.Last = schedules.Metric(loss)
		return nil
	}
	last := "none"
	if v := float64(r.at.Last); !math.IsNaN(v) {
		last = fmt.Sprint(v)
	}
	return fmt.Errorf("train: epoch %d, step %d, lr %s: %s %v, last finite loss %s: %w",
		r.at.Epoch, step, spellRates(lr), what, loss, last, ErrDiverged)
}
