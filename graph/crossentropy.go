package graph

import (
	"fmt"

	"gorgonia.org/tensor"

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
	n, classes := logits.Shape()[0], logits.Shape()[1]
	return b.Op(Op{
		Kind: "CrossEntropy", Inputs: []*Node{logits, labels}, Shape: tensor.ScalarShape(), Reads: []int{Result},
		Float32:   func() Plan[float32] { return crossEntropyPlan[float32](n, classes, smoothing) },
		Float64:   func() Plan[float64] { return crossEntropyPlan[float64](n, classes, smoothing) },
		gradients: []string{"dlogits"},
	})
}

func crossEntropyPlan[T Float](n, classes int, smoothing float64) Plan[T] {
	k := elementwise.NewCrossEntropy[T](n, classes, smoothing)
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			labels := c.Ints[1]
			for i, l := range labels {
				if l < 0 || int(l) >= classes {
					return fmt.Errorf("label %d of sample %d in the batch: want 0 to %d, the model has %s",
						l, i, classes-1, plural.Of(classes, "class"))
				}
			}
			c.Y[0] = T(k.Forward(c.X[0], labels))
			return nil
		},
		Backward: func(c *Call[T]) error { k.Backward(c.DX[0], c.DY[0]); return nil },
	}
}
