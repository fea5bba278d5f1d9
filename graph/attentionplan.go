package graph

import (
	"math"

	"anneal/internal/kernels/attention"
)

// attentionPlan returns the plan of a MultiHeadAttention.
func attentionPlan[T Float](b *Builder, a attentionLayer) Plan[T] {
	k := attention.NewMultiHead[T](a.Shape, a.of, a.dropout, attention.Key{Seed: a.randomKey, Step: b.step})
	var hidden []T // the mask of keys, where it is of integers
	if a.hides {
		hidden = make([]T, a.N*a.Keys)
	}
	masks := func(c *Call[T]) (m attention.Masks[T]) {
		if a.pairs > 0 {
			m.Pairs = c.X[a.pairs]
		}
		if a.keys > 0 {
			m.Keys = c.X[a.keys]
		}
		if hidden != nil {
			for i, v := range c.Ints[a.keys] {
				hidden[i] = 0
				if v != 0 {
					hidden[i] = T(math.Inf(-1))
				}
			}
			m.Keys = hidden
		}
		return m
	}
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			k.Forward(c.Y, c.X[:a.weights], attentionWeights(a, c.X), masks(c))
			return nil
		},
		Backward: func(c *Call[T]) error {
			k.Backward(c.DX[:a.weights], attentionWeights(a, c.DX), c.DY, c.X[:a.weights], attentionWeights(a, c.X))
			return nil
		},
	}
}

// attentionWeights returns the parameters among the inputs.
func attentionWeights[T Float](a attentionLayer, x [][]T) attention.Weights[T] {
	x = x[a.weights:]
	if !a.bias {
		return attention.Weights[T]{In: x[0], Out: x[1]}
	}
	return attention.Weights[T]{In: x[0], InBias: x[1], Out: x[2], OutBias: x[3]}
}
