package graph

import (
	"math"

	"anneal/internal/kernels/attention"
	"anneal/internal/memory"
)

// attentionPlan returns the plan of a MultiHeadAttention.
func attentionPlan[T Float](b *Builder, a attentionLayer) Plan[T] {
	k := attention.NewMultiHead[T](a.Shape, a.takes, a.dropout, attention.Key{Seed: a.randomKey, Step: b.step})
	var hidden []T // the mask of keys, where it is of integers
	if a.hides {
		hidden = memory.Make[T](a.N * a.Keys)
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
			k.Forward(c.Y, c.X[:a.sequences], attentionWeights(a, c.X), masks(c))
			return nil
		},
		Backward: func(c *Call[T]) error {
			k.Backward(c.DX[:a.sequences], attentionWeights(a, c.DX), c.DY, c.X[:a.sequences], attentionWeights(a, c.X))
			return nil
		},
	}
}

// attentionWeights returns the parameters among the inputs.
func attentionWeights[T Float](a attentionLayer, x [][]T) attention.Weights[T] {
	of := func(name string) []T {
		if at, ok := a.weights[name]; ok {
			return x[at]
		}
		return nil
	}
	in := of("in_proj_weight")
	if a.takes.Apart() {
		in = of("q_proj_weight")
	}
	return attention.Weights[T]{
		In: in, InBias: of("in_proj_bias"), Out: of("out_proj.weight"), OutBias: of("out_proj.bias"),
		Key: of("k_proj_weight"), Value: of("v_proj_weight"), KeyBias: of("bias_k"), ValueBias: of("bias_v"),
	}
}
