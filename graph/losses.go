package graph

import (
	"cmp"
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/loss"
	"anneal/internal/plural"
	"anneal/internal/spec"
)

// reductions are how a loss becomes one number. All losses have "mean", "sum" and "none", and "" stands for "mean".
var reductions = map[string]loss.Reduction{"mean": loss.Mean, "sum": loss.Sum, "batchmean": loss.BatchMean}

const (
	sumReduction = "sum"
	noReduction  = "none" // the losses of the elements by themselves
)

// reductionSetting declares a loss's reduction.
func reductionSetting(dest *string, words ...string) spec.Setting {
	*dest = cmp.Or(*dest, "mean")
	return spec.Optional("reduction", dest, "mean").OneOf(append([]string{"mean", "sum", noReduction}, words...)...)
}

// lossOp is a loss that kernels compute from the result that it is on, its target or its labels, and the weights of the
// samples.
type lossOp struct {
	name     string // PyTorch's
	settings []spec.Setting
	labels   bool // the target is classes
	classes  int  // of labels, with those in ignore
	ignore   []int32
	sum      bool // the reduction
	each     bool // the result is the loss of each element: the plans' samples are the elements
	float32  func() *loss.Plan[float32]
	float64  func() *loss.Plan[float64]
}

// draw draws l on r.
func (l lossOp) draw(b *Builder, r Results) *Node {
	y := r.Result()
	if b.err != nil {
		return nil
	}
	if err := spec.Validate(l.name, l.settings...); err != nil {
		return b.Fail(fmt.Errorf("graph: %w", err))
	}
	in := []*Node{y}
	if l.labels {
		in = append(in, r.Labels())
	} else {
		in = append(in, r.Target())
	}
	w := r.Weights()
	if l.each {
		if w != nil {
			return b.Fail(fmt.Errorf("graph: %s: reduction none, and weights of the samples: want one of the two", l.name))
		}
		return l.drawEach(b, in)
	}
	if w != nil {
		in = append(in, w)
	}
	m := &meter{sum: l.sum}
	n := b.Op(Op{
		Kind: l.name, Inputs: in, Shape: tensor.ScalarShape(),
		Float32: func() Plan[float32] { return lossPlan(l, l.float32(), m) },
		Float64: func() Plan[float64] { return lossPlan(l, l.float64(), m) },
	})
	if b.meters == nil {
		b.meters = make(map[*Node]*meter)
	}
	b.meters[n] = m
	return n
}

// lossBatch returns what a loss takes, of the inputs that draw has.
func lossBatch[T Float](c *Call[T]) loss.Batch[T] {
	b := loss.Batch[T]{X: c.X[0], Target: c.X[1], Labels: c.Ints[1]}
	if len(c.X) > 2 {
		b.Weights = c.X[2]
	}
	return b
}

// lossPlan runs k. Its inputs are as draw has them.
func lossPlan[T Float](l lossOp, k *loss.Plan[T], m *meter) Plan[T] {
	m.mean = k.Mean
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			if err := l.check(c.Ints[1]); err != nil {
				return err
			}
			c.Y[0] = T(k.Forward(lossBatch(c)))
			return nil
		},
		Backward: func(c *Call[T]) error {
			var dw []T
			if len(c.X) > 2 {
				dw = c.DX[2]
			}
			k.Backward(c.DX[0], c.DX[1], dw, lossBatch(c), float64(c.DY[0]))
			return nil
		},
	}
}

// check returns an error for a label that is no class.
func (l lossOp) check(labels []int32) error {
	for i, label := range labels {
		if (label < 0 || int(label) >= l.classes) && !slices.Contains(l.ignore, label) {
			return fmt.Errorf("label %d at place %d in the batch: want 0 to %d, the model has %s",
				label, i, l.classes-1, plural.Of(l.classes, "class"))
		}
	}
	return nil
}

// layout returns the sizes of y, [n, channels, ...], where inner is the product of the axes after the channels. A y of
// [n] has one channel.
func layout(y *Node) (n, channels, inner int) {
	n, channels, inner = y.Shape()[0], 1, 1
	for axis, size := range y.Shape()[1:] {
		if axis == 0 {
			channels = size
		} else {
			inner *= size
		}
	}
	return n, channels, inner
}
