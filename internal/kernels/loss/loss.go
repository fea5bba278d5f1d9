// Package loss computes what training minimises, as one number from a batch: cross-entropy with class weights, ignored
// labels and soft targets, and the losses of regression. Each equals PyTorch's function of its name.
//
// A batch has n samples. A sample's result is [C, inner], where inner is the product of the axes after the channels, or
// just some numbers.
package loss

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Batch is what a loss takes.
type Batch[T kernels.Float] struct {
	X       []T     // the network's results
	Target  []T     // of X's shape, or nil
	Labels  []int32 // [n, inner], or nil
	Weights []T     // of the samples, [n]; nil: all are 1
}

// Reduction says how the losses of a batch's elements become one number.
type Reduction int

// The reductions. w is a sample's weight, and v what its elements count, such as the weights of their classes.
const (
	Mean      Reduction = iota // Σ w·l / Σ w·v
	Sum                        // Σ w·l
	BatchMean                  // Σ w·l / Σ w
)

// Plan computes a loss for batches of n samples.
type Plan[T kernels.Float] struct {
	of        rows[T]
	size      int // of a sample's X
	reduction Reduction
	losses    []float64 // of each sample, without its weight
	counts    []float64 // v of each sample

	weighted, divisor float64 // Σ w·l, and what a mean divides it by

	batch             Batch[T] // the arguments of the call at work
	dx, dt, dy        []T
	scale             float64
	forward, backward parallel.Loop
}

// rows computes the loss of one sample.
type rows[T kernels.Float] interface {
	// forward returns the loss of sample i of b, and what it counts in a mean.
	forward(b *Batch[T], i int) (loss, count float64)
	// backward sets dx and dt, the parts of sample i, to the gradients of scale·loss. Either may be nil.
	backward(dx, dt []T, b *Batch[T], i int, scale float64)
}

// newPlan returns a plan for n samples of size numbers. An element takes about as long as weight elements of other
// work.
func newPlan[T kernels.Float](of rows[T], n, size, weight int, reduction Reduction) *Plan[T] {
	p := &Plan[T]{
		of: of, size: size, reduction: reduction, losses: make([]float64, n), counts: make([]float64, n),
	}
	p.forward = parallel.NewLoop(n, weight*size, func(from, to int) {
		for i := from; i < to; i++ {
			p.losses[i], p.counts[i] = p.of.forward(&p.batch, i)
		}
	})
	p.backward = parallel.NewLoop(n, weight*size, func(from, to int) {
		for i := from; i < to; i++ {
			scale := p.scale * weightOf(&p.batch, i)
			if p.dy != nil {
				scale *= float64(p.dy[i])
			}
			p.of.backward(p.sample(p.dx, i), p.sample(p.dt, i), &p.batch, i, scale)
		}
	})
	return p
}

// sample returns the part of sample i, or nil if d is nil.
func (p *Plan[T]) sample(d []T, i int) []T {
	if d == nil {
		return nil
	}
	return d[i*p.size : (i+1)*p.size]
}

// weightOf returns the weight of sample i.
func weightOf[T kernels.Float](b *Batch[T], i int) float64 {
	if b.Weights == nil {
		return 1
	}
	return float64(b.Weights[i])
}

// Forward returns the loss of b. A mean is NaN if nothing in b counts.
func (p *Plan[T]) Forward(b Batch[T]) float64 {
	kernels.CheckLen("loss.Forward", "X", len(b.X), len(p.losses)*p.size)
	if b.Weights != nil {
		kernels.CheckLen("loss.Forward", "Weights", len(b.Weights), len(p.losses))
	}
	p.batch = b
	p.forward.Run()
	p.weighted, p.divisor = 0, 0
	for i, l := range p.losses {
		w := weightOf(&b, i)
		p.weighted += w * l
		if p.reduction == Mean {
			p.divisor += w * p.counts[i]
		} else {
			p.divisor += w
		}
	}
	if p.reduction == Sum {
		return p.weighted
	}
	if p.divisor == 0 {
		p.divisor = math.NaN()
	}
	return p.weighted / p.divisor
}

// Mean returns the mean of the last Forward's losses, for Sum that over the samples, and its weight: the mean over
// several batches is Σ weight·mean / Σ weight. Where nothing counts, the mean is NaN and the weight 0.
func (p *Plan[T]) Mean() (mean, weight float64) {
	if math.IsNaN(p.divisor) || p.divisor == 0 {
		return math.NaN(), 0
	}
	return p.weighted / p.divisor, p.divisor
}

// Backward sets dx, dt and dw to the gradients of dy times the last Forward's loss for X, Target and Weights. b is that
// Forward's. Any of them may be nil.
func (p *Plan[T]) Backward(dx, dt, dw []T, b Batch[T], dy float64) {
	p.batch, p.dx, p.dt, p.scale = b, dx, dt, dy
	mean := 0.0
	if p.reduction != Sum {
		p.scale /= p.divisor
		mean = p.weighted / p.divisor
	}
	if dx != nil || dt != nil {
		p.backward.Run()
	}
	for i := range dw {
		count := 1.0
		if p.reduction == Mean {
			count = p.counts[i]
		}
		dw[i] = T(p.scale * (p.losses[i] - mean*count))
	}
}

// Each sets y to the loss of each sample, times its weight. It takes the place of Forward.
func (p *Plan[T]) Each(y []T, b Batch[T]) {
	kernels.CheckLen("loss.Each", "y", len(y), len(p.losses))
	p.Forward(b)
	for i, l := range p.losses {
		y[i] = T(weightOf(&b, i) * l)
	}
}

// EachBackward sets dx and dt, of which either may be nil, to the gradients of Σ dy·y for X and Target, where y is what
// the last Each set. b is that Each's.
func (p *Plan[T]) EachBackward(dx, dt []T, b Batch[T], dy []T) {
	kernels.CheckLen("loss.EachBackward", "dy", len(dy), len(p.losses))
	p.batch, p.dx, p.dt, p.dy, p.scale = b, dx, dt, dy, 1
	p.backward.Run()
	p.dy = nil
}
