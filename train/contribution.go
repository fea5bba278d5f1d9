package train

import (
	"gorgonia.org/gorgonia"

	"anneal/data"
)

// contribution is what a batch adds to an update.
type contribution struct {
	loss       float64
	samples    int
	gradients  []gorgonia.ValueGrad // in a run of one process
	rank       int                  // that has run the batch, in a team
	index      int                  // of the batch in the epoch
	statistics []float64            // that its run has held, in a team
}

// batchStep returns the number of a batch of the epoch among all batches of the run, for what programs draw at random.
func (r *run) batchStep(batch int) uint64 { return uint64((r.at.Epoch-1)*r.loader.Batches() + batch) }

// add computes a batch and adds it to the update under way, whose rates are lr. In a team it adds the batches of all
// ranks when the last of a round comes. It returns an update of no batches until one is due. unread is why a rank of a
// team could not read its batch.
func (r *run) add(b data.Batch, unread error) (due update, lr []float64, err error) {
	if lr, err = r.scheduler.set(r.at.Epoch-1, r.at.Step); err != nil {
		return due, nil, err
	}
	contributions, err := r.compute(b, unread)
	if err != nil {
		return due, lr, r.failed(err)
	}
	for _, one := range contributions {
		if r.team != nil {
			if err := r.team.move(r, one); err != nil {
				return due, lr, r.failed(err)
			}
		}
		if err := r.checkLoss("loss", one.loss, r.at.Step+1, lr); err != nil {
			return due, lr, err
		}
		r.at.Add(one.samples, one.loss)
		if due, err = r.accumulation.add(one, r.at.Batch == r.loader.Batches()); err != nil {
			return due, lr, r.failed(err)
		}
	}
	return due, lr, nil
}

// compute runs the model on a batch, and returns what can be added to the update.
func (r *run) compute(b data.Batch, unread error) ([]contribution, error) {
	if r.team != nil {
		return r.team.compute(r, b, unread)
	}
	p, err := r.runner.batch(b)
	if err != nil {
		return nil, err
	}
	r.single[0] = contribution{loss: p.MeanLoss(), samples: len(b.Labels), gradients: p.Gradients()}
	return r.single[:], nil
}
