package serve

import (
	"context"
	"errors"
	"sync"

	"anneal/deploy/predict"
)

// maxBatch is the most images in one run of the network.
const maxBatch = 64

var errClosed = errors.New("the service is shutting down")

// classify is the type of Predictor.ClassifyPixels.
type classify func(...[]byte) ([]predict.Prediction, error)

// batches runs a classify on all images that came while it was running before. An idle one does not wait, and a busy
// one has larger batches.
type batches struct {
	classify classify
	observe  func(images int)
	waiting  chan *question
	close    func()
	closed   <-chan struct{}
}

type question struct {
	ctx    context.Context
	pixels []byte
	answer chan reply // has room for one
}

type reply struct {
	prediction predict.Prediction
	err        error
}

// newBatches starts the goroutine that runs c; close ends it. It calls observe with the size of each batch.
func newBatches(c classify, observe func(int)) *batches {
	closed := make(chan struct{})
	b := &batches{c, observe, make(chan *question, maxRequests), sync.OnceFunc(func() { close(closed) }), closed}
	go b.run()
	return b
}

// ask returns the prediction for an image. It gives up when ctx is done or b is closed.
func (b *batches) ask(ctx context.Context, pixels []byte) (predict.Prediction, error) {
	q := &question{ctx, pixels, make(chan reply, 1)}
	select {
	case b.waiting <- q:
	case <-ctx.Done():
		return predict.Prediction{}, ctx.Err()
	case <-b.closed:
		return predict.Prediction{}, errClosed
	}
	select {
	case r := <-q.answer:
		return r.prediction, r.err
	case <-ctx.Done():
		return predict.Prediction{}, ctx.Err()
	case <-b.closed:
		return predict.Prediction{}, errClosed
	}
}

func (b *batches) run() {
	for {
		select {
		case q := <-b.waiting:
			b.reply(b.collect(q))
		case <-b.closed:
			return
		}
	}
}

// collect returns first and the questions that wait behind it, except those whose client has gone.
func (b *batches) collect(first *question) []*question {
	var batch []*question
	for q := first; ; {
		if q.ctx.Err() == nil {
			batch = append(batch, q)
		}
		if len(batch) == maxBatch {
			return batch
		}
		select {
		case q = <-b.waiting:
		default:
			return batch
		}
	}
}

func (b *batches) reply(batch []*question) {
	if len(batch) == 0 {
		return
	}
	b.observe(len(batch))
	images := make([][]byte, len(batch))
	for i, q := range batch {
		images[i] = q.pixels
	}
	predictions, err := b.classify(images...)
	for i, q := range batch {
		if err != nil {
			q.answer <- reply{err: err}
			continue
		}
		q.answer <- reply{prediction: predictions[i]}
	}
}
