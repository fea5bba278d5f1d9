package loss

import (
	"math"
	"slices"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
)

// Classes says how cross-entropy treats classes. X is [n, Count, Inner], and Labels are [n, Inner].
type Classes struct {
	Count, Inner int
	Weights      []float64 // w, one per class; nil: all are 1
	Ignore       []int32   // labels of elements that do not count
	Smoothing    float64   // s, the share of a target that is spread over all classes
	Soft         bool      // Target has the probability of each class, in place of Labels
}

// NewCrossEntropy returns a plan for the cross-entropy of the softmax of the logits x along the classes with the target
// distribution t:
//
//	−Σ_c q_c·log softmax(x)_c,  q_c = w_c·((1 − s)·t_c + s/classes)
//
// With Labels, t_c is 1 for the label's class and 0 for the others, and a mean counts each element with the weight of
// its label. With Soft targets it counts each with 1. It is PyTorch's cross_entropy; labels must be in [0, Count) or in
// Ignore.
func NewCrossEntropy[T kernels.Float](n int, c Classes, reduction Reduction) *Plan[T] {
	size := c.Count * c.Inner
	r := &crossEntropy[T]{
		Classes: c, all: float64(c.Count), soft: kernels.Make[T](n * size), totals: make([]float64, n*c.Inner),
		scratch: kernels.Make[T](2 * n * c.Count),
	}
	if c.Weights != nil {
		r.all = 0
		for _, w := range c.Weights {
			r.all += w
		}
	}
	return newPlan(rows[T](r), n, size, 8, reduction)
}

type crossEntropy[T kernels.Float] struct {
	Classes
	all     float64   // Σ w
	soft    []T       // softmax(x)
	totals  []float64 // log Σ exp(x) of each element
	scratch []T       // the logits of one element and their exponentials, for each sample
}

// weight returns the weight of a class.
func (c *Classes) weight(class int) float64 {
	if c.Weights == nil {
		return 1
	}
	return c.Weights[class]
}

// label returns the label of element d of sample i, and whether it counts.
func (c *Classes) label(labels []int32, i, d int) (label int, counts bool) {
	l := labels[i*c.Inner+d]
	return int(l), !slices.Contains(c.Ignore, l)
}

func (r *crossEntropy[T]) forward(b *Batch[T], i int) (loss, count float64) {
	size := r.Count * r.Inner
	all, soft := b.X[i*size:(i+1)*size], r.soft[i*size:(i+1)*size]
	x, e := r.scratch[2*i*r.Count:][:r.Count], r.scratch[(2*i+1)*r.Count:][:r.Count]
	for d := range r.Inner {
		if r.Inner == 1 {
			x, e = all, soft
		} else {
			for c := range x {
				x[c] = all[c*r.Inner+d]
			}
		}
		top := x[0]
		for _, v := range x {
			if v > top {
				top = v
			}
		}
		elementwise.Exponentials(e, x, top)
		sum := 0.0
		for _, v := range e {
			sum += float64(v)
		}
		for c, v := range e {
			soft[c*r.Inner+d] = T(float64(v) / sum)
		}
		r.totals[i*r.Inner+d] = float64(top) + math.Log(sum)
		l, v := r.element(b, i, d, x, r.totals[i*r.Inner+d])
		loss += l
		count += v
	}
	return loss, count
}

// element returns the loss of an element with the logits x, where total is log Σ exp(x), and what it counts.
func (r *crossEntropy[T]) element(b *Batch[T], i, d int, x []T, total float64) (loss, count float64) {
	rest := r.Smoothing / float64(r.Count)
	if r.Soft {
		for c, v := range x {
			t := float64(b.Target[(i*r.Count+c)*r.Inner+d])
			loss += r.weight(c) * ((1-r.Smoothing)*t + rest) * (total - float64(v))
		}
		return loss, 1
	}
	label, counts := r.label(b.Labels, i, d)
	if !counts {
		return 0, 0
	}
	loss = (1 - r.Smoothing) * r.weight(label) * (total - float64(x[label]))
	if rest > 0 {
		for c, v := range x {
			loss += rest * r.weight(c) * (total - float64(v))
		}
	}
	return loss, r.weight(label)
}

// backward sets dx to scale·(softmax(x)_c·Σ q − q_c), and dt to −scale·w_c·(1 − s)·log softmax(x)_c.
func (r *crossEntropy[T]) backward(dx, dt []T, b *Batch[T], i int, scale float64) {
	size, rest := r.Count*r.Inner, r.Smoothing/float64(r.Count)
	soft := r.soft[i*size : (i+1)*size]
	for d := range r.Inner {
		label, counts, own := -1, true, 0.0
		if r.Soft {
			for c := range r.Count {
				own += r.weight(c) * float64(b.Target[(i*r.Count+c)*r.Inner+d])
			}
		} else if label, counts = r.label(b.Labels, i, d); counts {
			own = r.weight(label)
		}
		total := (1-r.Smoothing)*own + rest*r.all
		for c := range r.Count {
			k, q := c*r.Inner+d, rest*r.weight(c)
			switch {
			case r.Soft:
				q += (1 - r.Smoothing) * r.weight(c) * float64(b.Target[i*size+k])
			case c == label:
				q += (1 - r.Smoothing) * own
			}
			if dx != nil {
				dx[k] = 0
				if counts {
					dx[k] = T(scale * (float64(soft[k])*total - q))
				}
			}
			if dt != nil {
				dt[k] = T(scale * r.weight(c) * (1 - r.Smoothing) * (r.totals[i*r.Inner+d] - float64(b.X[i*size+k])))
			}
		}
	}
}
