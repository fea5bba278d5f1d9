package graph

import (
	"slices"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/loss"
)

// drawEach draws the losses of the elements by themselves. A loss of classes has one for each label, the others one for
// each number of the result.
func (l lossOp) drawEach(b *Builder, in []*Node) *Node {
	shape := in[0].Shape().Clone()
	if l.classes > 0 {
		shape = slices.Delete(shape, 1, 2)
		in[0] = b.classRows(in[0])
		if !l.labels {
			in[1] = b.classRows(in[1])
		}
	}
	if b.err != nil {
		return nil
	}
	n := b.Op(Op{
		Kind: l.name, Inputs: in, Shape: tensor.Shape{shape.TotalSize()},
		Float32: func() Plan[float32] { return lossEachPlan(l, l.float32()) },
		Float64: func() Plan[float64] { return lossEachPlan(l, l.float64()) },
	})
	if len(shape) == 1 {
		return n
	}
	return b.Reshape(n, shape...)
}

// classRows moves the classes of y, its axis 1, to the end, and makes a matrix of it, [elements, classes].
func (b *Builder) classRows(y *Node) *Node {
	if y == nil || y.Dims() == 2 {
		return y
	}
	axes := []int{0}
	for axis := 2; axis < y.Dims(); axis++ {
		axes = append(axes, axis)
	}
	return b.Reshape(b.Transpose(y, append(axes, 1)...), -1, y.Shape()[1])
}

func lossEachPlan[T Float](l lossOp, k *loss.Plan[T]) Plan[T] {
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			if err := l.check(c.Ints[1]); err != nil {
				return err
			}
			k.Each(c.Y, lossBatch(c))
			return nil
		},
		Backward: func(c *Call[T]) error {
			k.EachBackward(c.DX[0], c.DX[1], lossBatch(c), c.DY)
			return nil
		},
	}
}
