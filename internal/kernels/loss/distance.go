package loss

import (
	"math"

	"anneal/internal/kernels"
)

// Distance is a loss of d = x − t, element by element.
type Distance int

// The distances. δ is their threshold.
const (
	Squared  Distance = iota // d²
	Absolute                 // |d|
	Huber                    // d²/2 where |d| ≤ δ, else δ·(|d| − δ/2)
	SmoothL1                 // d²/(2δ) where |d| < δ, else |d| − δ/2
)

// NewDistance returns a plan for n samples of size numbers each. Huber and SmoothL1 take threshold, which must be above
// 0.
func NewDistance[T kernels.Float](d Distance, threshold float64, n, size int, reduction Reduction) *Plan[T] {
	r := distance[T]{size: size, inner: T(1), outer: T(threshold), threshold: T(threshold)}
	switch d {
	case Squared:
		return newPlan(rows[T](squared[T](size)), n, size, 1, reduction)
	case Absolute:
		r.threshold, r.outer = 0, 1
	case SmoothL1:
		r.inner, r.outer = T(1/threshold), 1
	}
	return newPlan(rows[T](r), n, size, 1, reduction)
}

// squared is Squared for samples of that many numbers.
type squared[T kernels.Float] int

func (size squared[T]) forward(b *Batch[T], i int) (loss, count float64) {
	n := int(size)
	x, t := b.X[i*n:(i+1)*n], b.Target[i*n:(i+1)*n]
	var s [4]float64 // sums that a processor adds at the same time
	for ; len(x) >= 4 && len(t) >= 4; x, t = x[4:], t[4:] {
		d0, d1, d2, d3 := float64(x[0]-t[0]), float64(x[1]-t[1]), float64(x[2]-t[2]), float64(x[3]-t[3])
		s[0] += d0 * d0
		s[1] += d1 * d1
		s[2] += d2 * d2
		s[3] += d3 * d3
	}
	for k, v := range x {
		d := float64(v - t[k])
		s[0] += d * d
	}
	return s[0] + s[1] + s[2] + s[3], float64(n)
}

func (size squared[T]) backward(dx, dt []T, b *Batch[T], i int, scale float64) {
	n := int(size)
	x, t := b.X[i*n:(i+1)*n], b.Target[i*n:(i+1)*n]
	twice := T(2 * scale)
	if dx != nil {
		for k, v := range x {
			dx[k] = twice * (v - t[k])
		}
	}
	if dt != nil {
		for k, v := range x {
			dt[k] = twice * (t[k] - v)
		}
	}
}

// distance is inner·d²/2 where |d| is below threshold, and outer·(|d| − threshold/2) elsewhere.
type distance[T kernels.Float] struct {
	size                    int
	inner, outer, threshold T
}

func (r distance[T]) forward(b *Batch[T], i int) (loss, count float64) {
	x, t := b.X[i*r.size:(i+1)*r.size], b.Target[i*r.size:(i+1)*r.size]
	half := float64(r.threshold) / 2
	for k, v := range x {
		d := math.Abs(float64(v - t[k]))
		if d < float64(r.threshold) {
			loss += float64(r.inner) * d * d / 2
		} else {
			loss += float64(r.outer) * (d - half)
		}
	}
	return loss, float64(r.size)
}

func (r distance[T]) backward(dx, dt []T, b *Batch[T], i int, scale float64) {
	x, t := b.X[i*r.size:(i+1)*r.size], b.Target[i*r.size:(i+1)*r.size]
	inner, outer := T(scale)*r.inner, T(scale)*r.outer
	for k, v := range x {
		d := v - t[k]
		g := inner * d
		switch {
		case d >= r.threshold && d > 0:
			g = outer
		case d <= -r.threshold && d < 0:
			g = -outer
		}
		if dx != nil {
			dx[k] = g
		}
		if dt != nil {
			dt[k] = -g
		}
	}
}
