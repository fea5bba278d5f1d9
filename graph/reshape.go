package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// Reshape draws the numbers of x, in row-major order, as a tensor of this shape. One size may be −1: it is then what
// the others leave. It is PyTorch's reshape. It copies, so that neither tensor changes with the other.
func (b *Builder) Reshape(x *Node, shape ...int) *Node {
	if !b.open("Reshape", x) {
		return nil
	}
	size, open := 1, -1
	for i, n := range shape {
		switch {
		case n >= 1:
			size *= n
		case n == -1 && open < 0:
			open = i
		default:
			return b.Fail(fmt.Errorf("graph: Reshape: shape %v: want sizes of at least 1, and at most one −1", shape))
		}
	}
	to, total := slices.Clone(shape), x.Shape().TotalSize()
	if open >= 0 && total%size == 0 {
		to[open] = total / size
		size = total
	}
	if len(shape) == 0 || size != total {
		return b.Fail(fmt.Errorf("graph: Reshape: shape %v for an input of shape %v: want one of %d numbers",
			shape, x.Shape(), total))
	}
	o := copied("Reshape", x, to)
	o.ONNX = func(to ONNX, in []string) (string, error) {
		shape, err := to.Shape()
		if err != nil {
			return "", err
		}
		return to.Node("Reshape", append(in, to.Ints(shape...))), nil
	}
	return b.Op(o)
}

// copied returns the op that copies x and gives the copy another shape.
func copied(kind string, x *Node, shape tensor.Shape) Op {
	return Op{
		Kind: kind, Inputs: []*Node{x}, Shape: shape, Reads: []int{},
		Float32: copyPlan[float32], Float64: copyPlan[float64],
		gradients: []string{""},
	}
}

func copyPlan[T Float]() Plan[T] {
	return Plan[T]{
		Forward:  func(c *Call[T]) error { copy(c.Y, c.X[0]); return nil },
		Backward: func(c *Call[T]) error { copy(c.DX[0], c.DY); return nil },
	}
}
