package graph

import (
	"math"

	"anneal/internal/kernels"
)

// SoftMax draws exp(x) / Σ exp(x), where the sum runs along one axis of x, counted from 0. Large numbers do not
// overflow: x's maximum along the axis is subtracted first. It is PyTorch's softmax.
func (b *Builder) SoftMax(x *Node, axis int) *Node { return b.softMax("SoftMax", x, axis, false) }

// LogSoftMax draws the logarithm of SoftMax, x − log Σ exp(x), which keeps the digits of small probabilities. It is
// PyTorch's log_softmax. A model's logits need none: the loss takes them as they are.
func (b *Builder) LogSoftMax(x *Node, axis int) *Node { return b.softMax("LogSoftMax", x, axis, true) }

func (b *Builder) softMax(name string, x *Node, axis int, logarithm bool) *Node {
	if !b.openAxis(name, x, axis) {
		return nil
	}
	_, size, inner := axisLayout(x.Shape(), axis)
	operator := "Softmax"
	if logarithm {
		operator = "LogSoftmax"
	}
	return b.Op(Op{
		Kind: name, Inputs: []*Node{x}, Shape: x.Shape(), Reads: []int{Result},
		Float32:  func() Plan[float32] { return softMaxPlan[float32](size, inner, logarithm) },
		Float64:  func() Plan[float64] { return softMaxPlan[float64](size, inner, logarithm) },
		Settings: []Setting{{"", axis, nil}},
		ONNX:     Operator(operator, Attribute{"axis", axis}),
	})
}

func softMaxPlan[T Float](size, inner int, logarithm bool) Plan[T] {
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			for start := range lines(len(c.Y), size, inner) {
				softMaxLine(c.Y, c.X[0], start, size, inner, logarithm)
			}
			return nil
		},
		Backward: func(c *Call[T]) error {
			for start := range lines(len(c.Y), size, inner) {
				softMaxLineBackward(c.DX[0], c.DY, c.Y, start, size, inner, logarithm)
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

// softMaxLine computes one line of SoftMax, or of LogSoftMax.
func softMaxLine[T kernels.Float](to, from []T, start, size, step int, logarithm bool) {
	end := start + size*step
	largest := from[start]
	for i := start; i < end; i += step {
		largest = max(largest, from[i])
	}
	sum := 0.0
	for i := start; i < end; i += step {
		e := math.Exp(float64(from[i] - largest))
		to[i] = T(e)
		sum += e
	}
	shift := float64(largest) + math.Log(sum)
	for i := start; i < end; i += step {
		if logarithm {
			to[i] = T(float64(from[i]) - shift)
		} else {
			to[i] = T(float64(to[i]) / sum)
		}
	}
}

// softMaxLineBackward computes one line of the gradient from y, SoftMax's or LogSoftMax's result:
//
//	dx = y·(dy − Σ dy·y),  and for LogSoftMax  dx = dy − exp(y)·Σ dy
func softMaxLineBackward[T kernels.Float](dx, dy, y []T, start, size, step int, logarithm bool) {
	end := start + size*step
	sum := 0.0
	for i := start; i < end; i += step {
		if logarithm {
			sum += float64(dy[i])
		} else {
			sum += float64(dy[i]) * float64(y[i])
		}
	}
	for i := start; i < end; i += step {
		if logarithm {
			dx[i] = T(float64(dy[i]) - math.Exp(float64(y[i]))*sum)
		} else {
			dx[i] = T(float64(y[i]) * (float64(dy[i]) - sum))
		}
	}
}
