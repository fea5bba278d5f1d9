package loss

import (
	"math"

	"anneal/internal/kernels"
)

// NewKLDiv returns a plan for the Kullback-Leibler divergence of distributions with logarithms x from targets t, n
// samples of size numbers each:
//
//	t·(log t − x), 0 where t is 0;  with logarithm, where targets are logarithms too, eᵗ·(t − x)
//
// It is PyTorch's kl_div.
func NewKLDiv[T kernels.Float](n, size int, logarithm bool, reduction Reduction) *Plan[T] {
	return newPlan(rows[T](klDiv[T]{size, logarithm}), n, size, 8, reduction)
}

type klDiv[T kernels.Float] struct {
	size      int
	logarithm bool
}

func (r klDiv[T]) forward(b *Batch[T], i int) (loss, count float64) {
	for k := i * r.size; k < (i+1)*r.size; k++ {
		x, t := float64(b.X[k]), float64(b.Target[k])
		switch {
		case r.logarithm:
			loss += math.Exp(t) * (t - x)
		case t == 0:
			loss -= t * x // NaN for an infinite x, as in PyTorch
		default:
			loss += t*math.Log(t) - t*x
		}
	}
	return loss, float64(r.size)
}

func (r klDiv[T]) backward(dx, dt []T, b *Batch[T], i int, scale float64) {
	for k := range r.size {
		x, t := float64(b.X[i*r.size+k]), float64(b.Target[i*r.size+k])
		toX, toT := -t, math.Log(t)+1-x
		if r.logarithm {
			toX, toT = -math.Exp(t), math.Exp(t)*(t-x+1)
		}
		if dx != nil {
			dx[k] = T(scale * toX)
		}
		if dt != nil {
			dt[k] = T(scale * toT)
		}
	}
}
