package graph

// Max draws the largest number along one axis of x, counted from 0. The result has no such axis, so a vector's is a
// tensor of shape [1]. The first of several equal numbers gets the gradient, and NaN counts as larger than any number,
// as in PyTorch's max.
func (b *Builder) Max(x *Node, axis int) *Node {
	if !b.openAxis("Max", x, axis) {
		return nil
	}
	_, size, inner := axisLayout(x.Shape(), axis)
	shape := x.Shape().Clone()
	if shape = append(shape[:axis], shape[axis+1:]...); len(shape) == 0 {
		shape = append(shape, 1)
	}
	return b.Op(Op{
		Kind: "Max", Inputs: []*Node{x}, Shape: shape, Reads: []int{Result},
		Float32:  func() Plan[float32] { return maxPlan[float32](shape.TotalSize(), size, inner) },
		Float64:  func() Plan[float64] { return maxPlan[float64](shape.TotalSize(), size, inner) },
		Settings: []Setting{{"", axis, nil}},
		ONNX:     Operator("ReduceMax", Attribute{"axes", []int{axis}}, Attribute{"keepdims", 0}),
	})
}

func maxPlan[T Float](count, size, inner int) Plan[T] {
	from := make([]int, count) // where the largest numbers are
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			x := c.X[0]
			line := 0
			for start := range lines(len(x), size, inner) {
				at := start
				for i := start; i < start+size*inner; i += inner {
					if isNaN := x[i] != x[i]; x[i] > x[at] || isNaN && x[at] == x[at] {
						at = i
					}
				}
				c.Y[line], from[line] = x[at], at
				line++
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			clear(c.DX[0])
			for line, at := range from {
				c.DX[0][at] = c.DY[line]
			}
			return nil
		},
	}
}

// lines yields where each line of size numbers along an axis starts. Numbers of one line are inner apart.
func lines(total, size, inner int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for outer := 0; outer < total; outer += size * inner {
			for i := range inner {
				if !yield(outer + i) {
					return
				}
			}
		}
	}
}
