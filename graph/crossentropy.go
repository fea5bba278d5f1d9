package graph

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"anneal/internal/kernels"
	"anneal/internal/kernels/elementwise"
	"anneal/internal/plural"
)

// CrossEntropy draws the mean cross-entropy of softmax(logits) with the labels, in nats:
//
//	mean_n( −Σ_c q[n,c]·log softmax(logits[n])[c] ),  q[n,c] = (1−smoothing)·[c = labels[n]] + smoothing/classes
//
// logits is [N, classes]. labels is [N], int32; each run checks that 0 ≤ label < classes. smoothing is 0 ≤ s < 1. One
// op computes the loss from log-sum-exp, so large logits neither overflow nor lose digits. It is PyTorch's
// cross_entropy. Compile draws it on the model's logits, so a model does not.
func (b *Builder) CrossEntropy(logits, labels *Node, smoothing float64) *Node {
	if !b.open("CrossEntropy", logits, 2) {
		return nil
	}
	if !(smoothing >= 0 && smoothing < 1) {
		return b.Fail(fmt.Errorf("graph: label smoothing %v: want 0 ≤ s < 1", smoothing))
	}
	return b.withType(
		func() *Node { return crossEntropy[float32](b, logits, labels, smoothing) },
		func() *Node { return crossEntropy[float64](b, logits, labels, smoothing) })
}

func crossEntropy[T kernels.Float](b *Builder, logits, labels *Node, smoothing float64) *Node {
	n, classes := logits.Shape()[0], logits.Shape()[1]
	k := elementwise.NewCrossEntropy[T](n, classes, smoothing)
	loss := newOp[T](b, "CrossEntropy", tensor.ScalarShape())
	loss.fixed = 1
	loss.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		labels := in[1].(*tensor.Dense).Int32s()
		for i, l := range labels {
			if l < 0 || int(l) >= classes {
				return fmt.Errorf("label %d of sample %d in the batch: want 0 to %d, the model has %s",
					l, i, classes-1, plural.Of(classes, "class"))
			}
		}
		setScalar(out, k.Forward(Floats[T](in[0]), labels))
		return nil
	}
	loss.grad = func(in gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		dlogits := newOp[T](b, "CrossEntropy dlogits", in[0].Shape())
		dlogits.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			scale, err := scalar(v[0])
			if err == nil {
				k.Backward(Floats[T](out), T(scale))
			}
			return err
		}
		return gorgonia.Nodes{b.apply(dlogits, dy, out), nil}, b.err
	}
	return b.apply(loss, logits, labels)
}
