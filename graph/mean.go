package graph

import (
	"fmt"

	"gorgonia.org/tensor"

	"anneal/internal/parallel"
)

// Mean draws the mean along one axis of x, counted from 0, which the result does not have. x has at least two axes. It
// is PyTorch's mean.
func (b *Builder) Mean(x *Node, axis int) *Node {
	if !b.openAxis("Mean", x, axis) {
		return nil
	}
	if x.Dims() < 2 {
		return b.Fail(fmt.Errorf("graph: Mean: its input has shape %v, want at least two axes", x.Shape()))
	}
	outer, size, inner := axisLayout(x.Shape(), axis)
	shape := append(append(tensor.Shape{}, x.Shape()[:axis]...), x.Shape()[axis+1:]...)
	return b.Op(Op{
		Kind: "Mean", Inputs: []*Node{x}, Shape: shape, Reads: []int{},
		Float32:  func() Plan[float32] { return meanPlan[float32](outer, size, inner) },
		Float64:  func() Plan[float64] { return meanPlan[float64](outer, size, inner) },
		Settings: []Setting{{"", axis, nil}},
		ONNX:     Operator("ReduceMean", Attribute{"axes", []int{axis}}, Attribute{"keepdims", 0}),
	})
}

// meanPlan computes means along the middle axis of x, [outer, size, inner].
func meanPlan[T Float](outer, size, inner int) Plan[T] {
	var c *Call[T]
	sums := make([]float64, outer*inner)
	forward := parallel.NewLoop(outer, size*inner, func(from, to int) {
		for o := from; o < to; o++ {
			sum, y := sums[o*inner:][:inner], c.Y[o*inner:][:inner]
			clear(sum)
			for k := range size {
				for i, v := range c.X[0][(o*size+k)*inner:][:inner] {
					sum[i] += float64(v)
				}
			}
			for i, v := range sum {
				y[i] = T(v / float64(size))
			}
		}
	})
	backward := parallel.NewLoop(outer, size*inner, func(from, to int) {
		for o := from; o < to; o++ {
			dx := c.DX[0][o*size*inner:][:size*inner]
			for i, v := range c.DY[o*inner:][:inner] {
				dx[i] = T(float64(v) / float64(size))
			}
			for k := 1; k < size; k++ {
				copy(dx[k*inner:][:inner], dx[:inner])
			}
		}
	})
	run := func(loop parallel.Loop) func(*Call[T]) error {
		return func(call *Call[T]) error {
			c = call
			loop.Run()
			c = nil
			return nil
		}
	}
	return Plan[T]{Forward: run(forward), Backward: run(backward)}
}
