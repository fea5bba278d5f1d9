package loss

import "anneal/internal/kernels"

// NewNLL returns a plan for the negative of the label's number in X, times the weight of its class, −w_l·x_l: for
// logarithms of probabilities the negative log-likelihood. A mean counts each element with that weight. Smoothing and
// Soft of c mean nothing. It is PyTorch's nll_loss.
func NewNLL[T kernels.Float](n int, c Classes, reduction Reduction) *Plan[T] {
	return newPlan(rows[T](&nll[T]{c}), n, c.Count*c.Inner, 1, reduction)
}

type nll[T kernels.Float] struct{ Classes }

func (r *nll[T]) forward(b *Batch[T], i int) (loss, count float64) {
	for d := range r.Inner {
		if label, counts := r.label(b.Labels, i, d); counts {
			w := r.weight(label)
			loss -= w * float64(b.X[(i*r.Count+label)*r.Inner+d])
			count += w
		}
	}
	return loss, count
}

func (r *nll[T]) backward(dx, _ []T, b *Batch[T], i int, scale float64) {
	clear(dx)
	for d := range r.Inner {
		if label, counts := r.label(b.Labels, i, d); counts && dx != nil {
			dx[label*r.Inner+d] = T(-scale * r.weight(label))
		}
	}
}
