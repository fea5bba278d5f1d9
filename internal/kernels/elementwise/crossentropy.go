package elementwise

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// CrossEntropy is the mean over a batch of the cross-entropy of the softmax of a sample's logits x to its label's
// target t:
//
//	loss = log Σ exp(x_k) − Σ t_k·x_k,  t_k = smoothing/classes + (1 − smoothing)·[k = label]
//
// Exponentials are taken of the logits less their maximum, so logits of any size are safe. This is PyTorch's
// cross_entropy with label_smoothing; Szegedy et al., 2016, arXiv:1512.00567, section 7.
type CrossEntropy[T kernels.Float] struct {
	classes   int
	smoothing float64 // in [0, 1]
	losses    []float64
	grad      []T // [n, classes], of the last Forward's mean loss

	logits []T // the arguments of the call at work
	labels []int32
	rows   parallel.Loop
}

// NewCrossEntropy returns a plan for logits of [n, classes].
func NewCrossEntropy[T kernels.Float](n, classes int, smoothing float64) *CrossEntropy[T] {
	c := &CrossEntropy[T]{
		classes: classes, smoothing: smoothing, losses: make([]float64, n), grad: kernels.Make[T](n * classes),
	}
	const weight = 8 // an exponential takes about as long as this many elements of other work
	c.rows = parallel.NewLoop(n, weight*classes, func(from, to int) {
		for i := from; i < to; i++ {
			row := i * classes
			c.losses[i] = c.sample(c.grad[row:][:classes], c.logits[row:][:classes], c.labels[i])
		}
	})
	return c
}

// Forward returns the mean loss in nats. Labels are in [0, classes).
func (c *CrossEntropy[T]) Forward(logits []T, labels []int32) float64 {
	kernels.CheckLen("CrossEntropy.Forward", "logits", len(logits), len(c.grad))
	kernels.CheckLen("CrossEntropy.Forward", "labels", len(labels), len(c.losses))
	c.logits, c.labels = logits, labels
	c.rows.Run()
	var sum float64
	for _, loss := range c.losses {
		sum += loss
	}
	return sum / float64(len(labels))
}

// sample returns a sample's loss and sets grad to its part of the mean's gradient, (softmax(x) − t)/n.
func (c *CrossEntropy[T]) sample(grad, x []T, label int32) float64 {
	top := x[0]
	for _, v := range x {
		if v > top {
			top = v
		}
	}
	Exponentials(grad, x, top)
	var sum float64
	for _, e := range grad {
		sum += float64(e)
	}
	own, rest := 1-c.smoothing, c.smoothing/float64(c.classes)
	loss := math.Log(sum) - own*(float64(x[label])-float64(top))
	if c.smoothing > 0 {
		for _, v := range x {
			loss -= rest * (float64(v) - float64(top))
		}
	}
	share := 1 / float64(len(c.losses))
	p := float64(grad[label]) / sum
	scale, shift := share/sum, rest*share
	for k, e := range grad {
		grad[k] = T(float64(e)*scale - shift)
	}
	grad[label] = T((p - rest - own) * share)
	return loss
}

// Exponentials sets e to exp(x − top); for float32 what is below exp(−87) may be 0.
func Exponentials[T kernels.Float](e, x []T, top T) {
	if exponentialsSIMD(e, x, top) {
		return
	}
	for k, v := range x {
		e[k] = T(math.Exp(float64(v) - float64(top)))
	}
}

// Backward sets dlogits to the gradient of scale times the last Forward's loss.
func (c *CrossEntropy[T]) Backward(dlogits []T, scale T) {
	kernels.CheckLen("CrossEntropy.Backward", "dlogits", len(dlogits), len(c.grad))
	for i, g := range c.grad {
		dlogits[i] = scale * g
	}
}
