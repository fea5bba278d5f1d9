package graph

import (
	"math"

	"gorgonia.org/gorgonia"

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
	y := b.withType(
		func() *Node { return softMax[float32](b, name, x, axis, logarithm) },
		func() *Node { return softMax[float64](b, name, x, axis, logarithm) })
	return b.describe(y, Layer{Kind: name, Axes: []int{axis}})
}

func softMax[T kernels.Float](b *Builder, name string, x *Node, axis int, logarithm bool) *Node {
	_, size, inner := axisLayout(x.Shape(), axis)
	y := newOp[T](b, name, x.Shape())
	y.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		to, from := Floats[T](out), Floats[T](in[0])
		for start := range lines(len(from), size, inner) {
			softMaxLine(to, from, start, size, inner, logarithm)
		}
		return nil
	}
	y.grad = func(_ gorgonia.Nodes, out, dy *Node) (gorgonia.Nodes, error) {
		dx := newOp[T](b, name+" dx", x.Shape())
		dx.run = func(out gorgonia.Value, v []gorgonia.Value) error {
			to, dy, y := Floats[T](out), Floats[T](v[0]), Floats[T](v[1])
			for start := range lines(len(y), size, inner) {
				softMaxLineBackward(to, dy, y, start, size, inner, logarithm)
			}
			return nil
		}
		return gorgonia.Nodes{b.apply(dx, dy, out)}, b.err
	}
	return b.apply(y, x)
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
