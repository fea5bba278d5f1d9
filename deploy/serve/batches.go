package serve

import (
	"context"
	"sync"

	"anneal/deploy/predict"
	"anneal/internal/guard"
)

// maxBatch is how many samples a run of the network has at most, except those of one request, which may be more.
const maxBatch = 64

var errClosed = guard.ErrClosed

// answerer is the type of Predictor.Answer.
type answerer func(samples ...[]float32) ([]predict.Prediction, error)

// batches runs an answerer on all samples that came while it was running before. An idle one does not wait, and a busy
// one has larger batches. What else needs the network runs aside, between two batches when no question waits.
type batches struct {
	answer  answerer
	observe func(samples int)
	waiting chan *question
	spare   chan func() // what runs when no question waits
	close   func()
	closed  <-chan struct{}
}

// question is the samples of a request.
type question struct {
	ctx     context.Context
	samples [][]float32
	answer  chan reply // has room for one
}

type reply struct {
	predictions []predict.Prediction
	err         error
}

// newBatches starts the goroutine that runs a; close ends it. It calls observe with the size of each batch.
func newBatches(a answerer, observe func(int)) *batches {
	closed := make(chan struct{})
	b := &batches{
		a, observe, make(chan *question, maxRequests), make(chan func()), sync.OnceFunc(func() { close(closed) }), closed,
	}
	go b.run()
	return b
}

// ask returns the predictions for samples. It gives up when ctx is done or b is closed.
func (b *batches) ask(ctx context.Context, samples [][]float32) ([]predict.Prediction, error) {
	q := &question{ctx, samples, make(chan reply, 1)}
	select {
	case b.waiting <- q:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-b.closed:
		return nil, errClosed
	}
	select {
	case r := <-q.answer:
		return r.predictions, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-b.closed:
		return nil, errClosed
	}
}

// aside runs do when no question waits. It gives up when ctx is done or b is closed.
func (b *batches) aside(ctx context.Context, do func()) error {
	done := make(chan struct{})
	select {
	case b.spare <- func() { defer close(done); do() }:
		<-done
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-b.closed:
		return errClosed
	}
}

func (b *batches) run() {
	for {
		select {
		case q := <-b.waiting:
			b.reply(b.collect(q))
			continue
		default:
		}
		select {
		case q := <-b.waiting:
			b.reply(b.collect(q))
		case do := <-b.spare:
			do()
		case <-b.closed:
			return
		}
	}
}

// collect returns first and the questions that wait behind it, except those whose client has gone.
func (b *batches) collect(first *question) []*question {
	var batch []*question
	samples := 0
	for q := first; ; {
		if q.ctx.Err() == nil {
			batch = append(batch, q)
			samples += len(q.samples)
		}
		if samples >= maxBatch {
			return batch
		}
		select {
		case q = <-b.waiting:
		default:
			return batch
		}
	}
}

// reply answers the questions of a batch. If the network cannot, each is asked alone, so that it is the only one that
// gets its error.
func (b *batches) reply(batch []*question) {
	if len(batch) == 0 {
		return
	}
	var samples [][]float32
	for _, q := range batch {
		samples = append(samples, q.samples...)
	}
	b.observe(len(samples))
	predictions, err := b.answer(samples...)
	if err != nil && len(batch) > 1 {
		for _, q := range batch {
			b.reply([]*question{q})
		}
		return
	}
	for _, q := range batch {
		if err != nil {
			q.answer <- reply{err: err}
			continue
		}
		q.answer <- reply{predictions: predictions[:len(q.samples)]}
		predictions = predictions[len(q.samples):]
	}
}
