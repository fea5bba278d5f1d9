package graph

import (
	"fmt"
	"math"

	"anneal/internal/kernels/elementwise"
	"anneal/internal/parallel"
)

// Scale draws factor·x, for x of any shape. factor is a finite number.
func (b *Builder) Scale(x *Node, factor float64) *Node {
	if !b.open("Scale", x) {
		return nil
	}
	if math.IsNaN(factor) || math.IsInf(factor, 0) {
		return b.Fail(fmt.Errorf("graph: Scale: factor %v: want a finite number", factor))
	}
	size := max(1, x.Shape().TotalSize())
	return b.Op(Op{
		Kind: "Scale", Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{},
		Float32:  func() Plan[float32] { return scalePlan[float32](size, float32(factor)) },
		Float64:  func() Plan[float64] { return scalePlan[float64](size, factor) },
		Settings: []Setting{{"", factor, nil}},
		ONNX: func(to ONNX, in []string) (string, error) {
			return to.Node("Mul", []string{in[0], to.Floats(nil, []float32{float32(factor)})}), nil
		},
	})
}

func scalePlan[T Float](size int, factor T) Plan[T] {
	var to, from []T
	loop := parallel.NewLoop(size, 1, func(i, j int) { elementwise.Scale(to[i:j], from[i:j], factor) })
	return Plan[T]{
		Forward:  func(c *Call[T]) error { to, from = c.Y, c.X[0]; loop.Run(); return nil },
		Backward: func(c *Call[T]) error { to, from = c.DX[0], c.DY; loop.Run(); return nil },
	}
}
