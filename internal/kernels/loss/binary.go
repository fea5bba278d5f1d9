package loss

import (
	"math"

	"anneal/internal/kernels"
)

// NewBinary returns a plan for the cross-entropy of the sigmoid of each number x with its target t, 0 to 1:
//
//	w·((1 − t)·x + (1 + (p − 1)·t)·log(1 + e⁻ˣ))
//
// X and Target are [n, channels, inner]. p and w are of the channel; nil stands for ones. It is PyTorch's
// binary_cross_entropy_with_logits with pos_weight p and weight w, of which the mean divides by the number of elements.
func NewBinary[T kernels.Float](n, channels, inner int, p, w []float64, reduction Reduction) *Plan[T] {
	r := binary[T]{inner: inner, p: p, w: w, channels: channels}
	return newPlan(rows[T](r), n, channels*inner, 8, reduction)
}

type binary[T kernels.Float] struct {
	channels, inner int
	p, w            []float64
}

// factors returns p − 1 and w of a channel.
func (r binary[T]) factors(channel int) (more, w float64) {
	w = 1
	if r.p != nil {
		more = r.p[channel] - 1
	}
	if r.w != nil {
		w = r.w[channel]
	}
	return more, w
}

func (r binary[T]) forward(b *Batch[T], i int) (loss, count float64) {
	size := r.channels * r.inner
	for c := range r.channels {
		more, w := r.factors(c)
		sum := 0.0
		for k := i*size + c*r.inner; k < i*size+(c+1)*r.inner; k++ {
			x, t := float64(b.X[k]), float64(b.Target[k])
			sum += (1-t)*x + (1+more*t)*softplus(-x)
		}
		loss += w * sum
	}
	return loss, float64(size)
}

func (r binary[T]) backward(dx, dt []T, b *Batch[T], i int, scale float64) {
	size := r.channels * r.inner
	for c := range r.channels {
		more, w := r.factors(c)
		for k := c * r.inner; k < (c+1)*r.inner; k++ {
			x, t := float64(b.X[i*size+k]), float64(b.Target[i*size+k])
			if dx != nil {
				dx[k] = T(scale * w * (1 - t - (1+more*t)/(1+math.Exp(x))))
			}
			if dt != nil {
				dt[k] = T(scale * w * (more*softplus(-x) - x))
			}
		}
	}
}

// NewBinaryEach returns the plan of NewBinary's loss whose samples are single numbers, n·channels·inner of them, in the
// same order.
func NewBinaryEach[T kernels.Float](n, channels, inner int, p, w []float64) *Plan[T] {
	r := binaryEach[T]{binary[T]{inner: inner, p: p, w: w, channels: channels}}
	return newPlan(rows[T](r), n*channels*inner, 1, 8, Sum)
}

type binaryEach[T kernels.Float] struct{ binary[T] }

// one returns the loss of number i by itself.
func (r binaryEach[T]) one(i int) binary[T] {
	one := binary[T]{channels: 1, inner: 1}
	c := i / r.inner % r.channels
	if r.p != nil {
		one.p = r.p[c : c+1]
	}
	if r.w != nil {
		one.w = r.w[c : c+1]
	}
	return one
}

func (r binaryEach[T]) forward(b *Batch[T], i int) (loss, count float64) {
	return r.one(i).forward(b, i)
}

func (r binaryEach[T]) backward(dx, dt []T, b *Batch[T], i int, scale float64) {
	r.one(i).backward(dx, dt, b, i, scale)
}

// softplus returns log(1 + eˣ).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
