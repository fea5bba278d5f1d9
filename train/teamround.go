package train

import (
	"time"

	"anneal/cluster"
	"anneal/data"
)

// takes reports whether this rank runs a batch.
func (t *team) takes(batch int) bool { return batch%t.accumulate%t.Size() == t.Rank() }

// slice returns the slice of a gradient in the message for or of a rank.
func (t *team) slice(message []byte, rank int) []byte {
	return t.message(message, rank)[:t.gradient.bytes()]
}

// headOf returns the head in the message for or of a rank.
func (t *team) headOf(message []byte, rank int) []float64 {
	return view[float64](t.message(message, rank)[t.gradient.bytes():])
}

func (t *team) message(message []byte, rank int) []byte {
	size := len(message) / t.Size()
	return message[rank*size:][:size]
}

// compute runs the model on a batch if it is this rank's. With the last batch of a round it returns the batches of all
// ranks in it, in their order. unread is why this rank's batch could not be read.
func (t *team) compute(r *run, b data.Batch, unread error) ([]contribution, error) {
	t.failure = unread
	if t.takes(b.Index) && unread == nil {
		t.failure = t.run(r, b)
	}
	turn := b.Index % t.accumulate
	last := turn%t.Size() == t.Size()-1 || turn == t.accumulate-1 || b.Index == r.loader.Batches()-1
	if t.failure == nil && !last {
		return nil, nil
	}
	first := b.Index - turn%t.Size()
	return t.round(first, min(t.Size(), t.accumulate-first%t.accumulate, r.loader.Batches()-first))
}

// run runs this rank's batch of a round, and writes it into the messages.
func (t *team) run(r *run, b data.Batch) error {
	r.runner.SetStep(r.batchStep(b.Index))
	p, err := r.runner.batch(b)
	if err != nil {
		return err
	}
	if err := t.gradient.deal(p.Gradients(), func(rank int) []byte { return t.slice(t.send, rank) }); err != nil {
		return err
	}
	for rank := range t.Size() {
		head := t.headOf(t.send, rank)
		head[headLoss], head[headSamples] = p.MeanLoss(), float64(len(b.Labels))
		copy(head[headStatistics:], p.Statistics())
	}
	return nil
}

// round exchanges the batches of a round, n of them from the first on, and returns those of all ranks. If a rank could
// not run its batch, all return an error.
func (t *team) round(first, n int) ([]contribution, error) {
	for rank := range t.Size() {
		t.headOf(t.send, rank)[headFailed] = 0
		if t.failure != nil {
			t.headOf(t.send, rank)[headFailed] = 1
		}
	}
	began := time.Now()
	err := t.AllToAll(t.ctx, t.receive, t.send)
	t.exchanging += time.Since(began)
	if err != nil {
		return nil, err
	}
	t.contributions = t.contributions[:0]
	for rank := range n {
		head := t.headOf(t.receive, rank)
		if head[headFailed] != 0 {
			return nil, cluster.Agree(t.ctx, t.Group, t.failure)
		}
		t.contributions = append(t.contributions, contribution{
			loss: head[headLoss], samples: int(head[headSamples]), rank: rank, index: first + rank,
			statistics: head[headStatistics:],
		})
	}
	return t.contributions, nil
}

// add adds this rank's slice of a batch's gradient to the sum of the update, or begins a sum with it.
func (t *team) add(c contribution, begin bool) {
	slice := t.slice(t.receive, c.rank)
	if t.accumulate == 1 {
		t.gradient.begin(slice)
		return
	}
	t.gradient.add(slice, c.samples, begin)
}

// gather makes means the gradient of an update of so many samples.
func (t *team) gather(means []*meanGradient, samples int) error {
	if t.accumulate > 1 {
		t.gradient.divide(samples)
	}
	began := time.Now()
	err := t.AllGather(t.ctx, t.gathered, t.gradient.sum())
	t.exchanging += time.Since(began)
	if err == nil {
		t.gradient.collect(t.gathered, means)
	}
	return err
}

// move moves the running statistics by those of a batch.
func (t *team) move(r *run, c contribution) error {
	p, err := r.runner.Program(c.samples)
	if err != nil {
		return err
	}
	p.SetStep(r.batchStep(c.index))
	return p.Move(c.statistics[:len(p.Statistics())])
}
