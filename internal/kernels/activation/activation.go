// Package activation computes activation functions and their gradients on slices: each element by itself, or, for
// softmax, the elements of a row together.
//
// Sigmoid, Tanh, SiLU, GELU and GELUTanh are functions on slices and run where they are called. A Function is a
// function with its settings, and a Plan runs one on all processors. The five above, ELU, SELU and Mish have SIMD
// kernels for float32. Results at NaN, ±Inf and the kinks are PyTorch's.
package activation

import (
	"math"

	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Function is an activation function. Backward takes dy, x and y = f(x), and sets dx to dy·f′(x).
type Function[T kernels.Float] struct {
	Forward  func(y, x []T)         // y may be x
	Backward func(dx, dy, x, y []T) // dx may be dy
	Cost     int                    // about how long an element takes, in elements of ReLU
}

// Costs of functions.
const (
	cheap  = 1
	smooth = parallel.Smooth // with SIMD kernels, for float32
	plain  = 16              // an exponential per element in plain Go
)

// Plan applies a function to tensors of one size.
type Plan[T kernels.Float] struct {
	f                 Function[T]
	n                 int
	forward, backward parallel.Loop

	y, x, dx, dy []T // the arguments of the call at work
}

// block is how many elements a loop of a plan counts as one: a multiple of every vector's.
const block = 256

// NewPlan returns a plan for n elements.
func NewPlan[T kernels.Float](n int, f Function[T]) *Plan[T] {
	p := &Plan[T]{f: f, n: n}
	blocks := kernels.CeilDiv(n, block)
	p.forward = parallel.NewLoop(blocks, f.Cost*block, func(from, to int) {
		from, to = from*block, min(to*block, n)
		f.Forward(p.y[from:to], p.x[from:to])
	})
	p.backward = parallel.NewLoop(blocks, f.Cost*block, func(from, to int) {
		from, to = from*block, min(to*block, n)
		f.Backward(p.dx[from:to], p.dy[from:to], p.x[from:to], p.y[from:to])
	})
	return p
}

// Forward sets y to f(x). y may be x.
func (p *Plan[T]) Forward(y, x []T) {
	kernels.CheckLen("activation.Plan.Forward", "y", len(y), p.n)
	kernels.CheckLen("activation.Plan.Forward", "x", len(x), p.n)
	p.y, p.x = y, x
	p.forward.Run()
	p.y, p.x = nil, nil
}

// Backward sets dx to dy·f′(x), where y = f(x). dx may be dy.
func (p *Plan[T]) Backward(dx, dy, x, y []T) {
	const op = "activation.Plan.Backward"
	kernels.CheckLen(op, "dx", len(dx), p.n)
	kernels.CheckLen(op, "dy", len(dy), p.n)
	kernels.CheckLen(op, "x", len(x), p.n)
	kernels.CheckLen(op, "y", len(y), p.n)
	p.dx, p.dy, p.x, p.y = dx, dy, x, y
	p.backward.Run()
	p.dx, p.dy, p.x, p.y = nil, nil, nil, nil
}

// apply sets y to f(x), which is computed in float64.
func apply[T kernels.Float](op string, y, x []T, f func(float64) float64) {
	kernels.CheckLen(op, "y", len(y), len(x))
	for i, v := range x {
		y[i] = T(f(float64(v)))
	}
}

// applySlope sets dx to dy·slope(x), which is computed in float64.
func applySlope[T kernels.Float](op string, dx, dy, x []T, slope func(float64) float64) {
	kernels.CheckLen(op, "dx", len(dx), len(x))
	kernels.CheckLen(op, "dy", len(dy), len(x))
	for i, v := range x {
		dx[i] = T(float64(dy[i]) * slope(float64(v)))
	}
}

// logistic returns 1/(1 + exp(−v)).
func logistic(v float64) float64 {
	if v < 0 {
		e := math.Exp(v)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-v))
}
