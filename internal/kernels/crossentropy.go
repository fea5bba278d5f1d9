package kernels

import "math"

// CrossEntropy is the mean over a batch of the cross-entropy between the softmax of a sample's logits x and its label's target:
//
//	loss = log Σ exp(x_k) − Σ t_k·x_k,  t_k = smoothing/classes + (1 − smoothing)·[k = label]
//
// It is computed from the logits less their maximum, in float64, so logits of any size are exact. PyTorch's cross_entropy with
// label_smoothing; Szegedy et al., 2016, arXiv:1512.00567, section 7.
type CrossEntropy[T Float] struct {
	n, classes int
	smoothing  float64 // in [0, 1]
	grad       []T     // [n, classes], the gradient of the last Forward
}

// NewCrossEntropy returns a plan for logits of [n, classes].
func NewCrossEntropy[T Float](n, classes int, smoothing float64) *CrossEntropy[T] {
	return &CrossEntropy[T]{n: n, classes: classes, smoothing: smoothing, grad: make([]T, n*classes)}
}

// Forward returns the mean loss in nats. Labels are in [0, classes).
func (c *CrossEntropy[T]) Forward(logits []T, labels []int32) float64 {
	checkLen("CrossEntropy.Forward", "logits", len(logits), len(c.grad))
	checkLen("CrossEntropy.Forward", "labels", len(labels), c.n)
	var sum float64
	for i, label := range labels {
		row := i * c.classes
		sum += c.sample(c.grad[row:][:c.classes], logits[row:][:c.classes], int(label))
	}
	return sum / float64(c.n)
}

// sample returns one sample's loss and sets grad to its share of the mean's gradient, (softmax(x) − t)/n.
func (c *CrossEntropy[T]) sample(grad, x []T, label int) float64 {
	top := float64(x[0])
	for _, v := range x {
		top = max(top, float64(v))
	}
	var sum, all float64
	for _, v := range x {
		d := float64(v) - top
		sum += math.Exp(d)
		all += d
	}
	rest := c.smoothing / float64(c.classes)
	for k, v := range x {
		grad[k] = T((math.Exp(float64(v)-top)/sum - rest) / float64(c.n))
	}
	own := 1 - c.smoothing
	d := float64(x[label]) - top
	grad[label] = T((math.Exp(d)/sum - rest - own) / float64(c.n))
	loss := math.Log(sum) - own*d
	if c.smoothing > 0 {
		loss -= rest * all
	}
	return loss
}

// Backward sets dlogits to the gradient of scale times the last Forward's loss.
func (c *CrossEntropy[T]) Backward(dlogits []T, scale T) {
	checkLen("CrossEntropy.Backward", "dlogits", len(dlogits), len(c.grad))
	for i, g := range c.grad {
		dlogits[i] = scale * g
	}
}
