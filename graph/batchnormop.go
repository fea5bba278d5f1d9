package graph

import (
	"slices"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/norm"
	"anneal/internal/kernels/pool"
)

// normLayer is a BatchNorm that is being drawn, alone or fused with the ReLU and the MaxPool2D that follow it.
type normLayer struct {
	normConfig
	b              *Builder
	name           string
	held           bool         // normalises by the running statistics
	shape          tensor.Shape // of x
	inputs         []*Node      // x and, if affine, gamma and beta
	mean, variance *Node        // the running statistics
	batches        *tensor.Dense
	number         int // of the layer among those of Builder.held, if there are such
}

// alone returns the op of n alone. ReLU and MaxPool2D may be fused with it.
func (n normLayer) alone(name string) Op {
	channels, spatial := n.shape[1], n.spatial()
	o := n.op("BatchNorm", n.shape,
		func() norm.Batch[float32] {
			return ghosts(n, func(samples int) norm.Batch[float32] {
				return norm.Alone[float32]{BatchNorm: norm.NewBatchNorm[float32](samples, channels, spatial, n.eps)}
			})
		},
		func() norm.Batch[float64] {
			return ghosts(n, func(samples int) norm.Batch[float64] {
				return norm.Alone[float64]{BatchNorm: norm.NewBatchNorm[float64](samples, channels, spatial, n.eps)}
			})
		})
	o.Name = name
	if n.held {
		o.norm = &n
	}
	o.adds = n.adds()
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return n.residual(next, false)
		}
		whole := pool.Shape{N: n.shape[0], C: channels, H: spatial, W: 1, KH: 1, KW: 1, StrideH: 1, StrideW: 1}
		relu := n.pooled(n.name+" ReLU", n.shape, whole)
		relu.Fuse = func(next Op) *Op {
			if next.maxPool == nil {
				return nil
			}
			both := n.pooled(n.name+" ReLU MaxPool2D", next.Shape, *next.maxPool)
			return &both
		}
		return &relu
	}
	return o
}

// pooled returns the op of n with ReLU and MaxPool2D.
func (n normLayer) pooled(kind string, shape tensor.Shape, s pool.Shape) Op {
	return n.op(kind, shape,
		func() norm.Batch[float32] { return ghosts(n, rectified[float32](s, n.eps)) },
		func() norm.Batch[float64] { return ghosts(n, rectified[float64](s, n.eps)) })
}

// rectified returns the function that makes the plan of BatchNorm, ReLU and MaxPool2D for so many samples.
func rectified[T Float](s pool.Shape, eps float64) func(samples int) norm.Batch[T] {
	return func(samples int) norm.Batch[T] {
		s.N = samples
		return norm.NewReLUPool[T](s, eps)
	}
}

// ghosts returns the plan of n, in virtual batches if n has such.
func ghosts[T Float](n normLayer, plan func(samples int) norm.Batch[T]) norm.Batch[T] {
	if n.ghost == 0 || n.held {
		return plan(n.shape[0])
	}
	return norm.NewGhost(n.shape[0], n.shape[1], n.ghost, plan)
}

// op returns the op that a kernel computes. One that normalises by the running statistics takes them too.
func (n normLayer) op(
	kind string, shape tensor.Shape, f32 func() norm.Batch[float32], f64 func() norm.Batch[float64],
) Op {
	o := Op{
		Kind: kind, Inputs: slices.Clone(n.inputs), Shape: shape,
		Float32:   func() Plan[float32] { return normPlan(n, f32()) },
		Float64:   func() Plan[float64] { return normPlan(n, f64()) },
		gradients: []string{"dx", "dgamma", "dbeta"},
	}
	if n.held {
		o.Inputs = append(o.Inputs, n.mean, n.variance)
	}
	return o
}

// spatial returns the number of values per channel in one sample.
func (n *normLayer) spatial() int { return n.shape.TotalSize() / (n.shape[0] * n.shape[1]) }

func normPlan[T Float](n normLayer, k norm.Batch[T]) Plan[T] {
	gammaBeta := func(tensors [][]T) (gamma, beta []T) {
		if n.affine {
			gamma, beta = tensors[1], tensors[2]
		}
		return gamma, beta
	}
	if n.held {
		return Plan[T]{
			Forward: func(c *Call[T]) error {
				gamma, beta := gammaBeta(c.X)
				mean, variance := c.X[len(c.X)-2], c.X[len(c.X)-1]
				k.ForwardEval(c.Y, c.X[0], gamma, beta, mean, variance)
				return nil
			},
			Backward: func(c *Call[T]) error {
				gamma, beta := gammaBeta(c.X)
				dgamma, dbeta := gammaBeta(c.DX)
				mean, variance := c.X[len(c.X)-2], c.X[len(c.X)-1]
				k.BackwardEval(c.DX[0], dgamma, dbeta, c.DY, c.X[0], c.Y, gamma, beta, mean, variance)
				return nil
			},
		}
	}
	var failed error
	move := func(values int, mean, variance []float64) {
		if failed == nil {
			failed = moved[T](n, values, mean, variance)
		}
	}
	var whole wholeBatch
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			gamma, beta := gammaBeta(c.X)
			if n.renorm != nil {
				rMax, dMax := n.renorm.At(int(*n.b.step))
				k.Renormalise(rMax, dMax, Floats[T](n.mean.Value()), Floats[T](n.variance.Value()))
			}
			k.Forward(c.Y, c.X[0], gamma, beta)
			if n.b.still || n.noStats {
				return nil
			}
			failed = nil
			k.Statistics(move)
			return failed
		},
		Backward: func(c *Call[T]) error {
			gamma, beta := gammaBeta(c.X)
			dgamma, dbeta := gammaBeta(c.DX)
			k.Backward(c.DX[0], dgamma, dbeta, c.DY, c.X[0], c.Y, gamma, beta)
			return nil
		},
		Statistics: func() (mean, variance []float64) { return whole.of(k.Statistics) },
	}
}
