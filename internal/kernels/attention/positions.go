package attention

import (
	"anneal/internal/kernels"
	"anneal/internal/parallel"
)

// Positions is the plan of y = x + p for x of [n, size], with p the same for every sample.
type Positions[T kernels.Float] struct {
	n, size           int
	sums              []float64
	forward, backward parallel.Loop

	y, x, p, dp, dy []T // the arguments of the call at work
}

// NewPositions returns a plan.
func NewPositions[T kernels.Float](n, size int) *Positions[T] {
	const cut = 64 // places whose gradients are summed together
	k := &Positions[T]{n: n, size: size, sums: make([]float64, size)}
	k.forward = parallel.NewLoop(n, size, func(from, to int) {
		for i := from; i < to; i++ {
			y, x := k.y[i*size:][:size], k.x[i*size:][:size]
			for j, v := range k.p {
				y[j] = x[j] + v
			}
		}
	})
	k.backward = parallel.NewLoop(kernels.CeilDiv(size, cut), n*cut, func(from, to int) {
		from, to = from*cut, min(to*cut, size)
		sums := k.sums[from:to]
		clear(sums)
		for i := range n {
			for j, v := range k.dy[i*size+from:][:len(sums)] {
				sums[j] += float64(v)
			}
		}
		for j, v := range sums {
			k.dp[from+j] = T(v)
		}
	})
	return k
}

// Forward sets y.
func (k *Positions[T]) Forward(y, x, p []T) {
	const op = "attention.Positions.Forward"
	kernels.CheckLen(op, "y", len(y), k.n*k.size)
	kernels.CheckLen(op, "x", len(x), k.n*k.size)
	kernels.CheckLen(op, "p", len(p), k.size)
	k.y, k.x, k.p = y, x, p
	k.forward.Run()
	k.y, k.x, k.p = nil, nil, nil
}

// Backward sets dx and dp, each unless nil.
func (k *Positions[T]) Backward(dx, dp, dy []T) {
	const op = "attention.Positions.Backward"
	kernels.CheckLen(op, "dy", len(dy), k.n*k.size)
	kernels.CheckLenOrNil(op, "dx", dx, k.n*k.size)
	kernels.CheckLenOrNil(op, "dp", dp, k.size)
	copy(dx, dy)
	if dp != nil {
		k.dp, k.dy = dp, dy
		k.backward.Run()
		k.dp, k.dy = nil, nil
	}
}
