package graph

import (
	"math"

	"gorgonia.org/gorgonia"

	"anneal/internal/kernels"
)

// foldNorm draws the weight and bias with which a Conv2D or Linear computes its result already normalised by n's running
// statistics, out channel by out channel:
//
//	weight' = weight·gamma/√(var + eps),  bias' = beta + (bias − mean)·gamma/√(var + eps)
//
// children are the layer's x, weight and, if there is one, bias; the result replaces them. Both are computed on every
// run, since training may have moved the parameters; that is as many products as there are weights.
func foldNorm[T kernels.Float](b *Builder, children []*Node, n norm) []*Node {
	x, w := children[0], children[1]
	scales := make([]T, n.shape[1])
	weight := newOp[T](b, n.name+" weight", w.Shape())
	weight.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		folded, w, variance := data[T](out), data[T](in[0]), data[T](in[1])
		size := len(w) / len(scales)
		for o := range scales {
			scale := 1 / math.Sqrt(float64(variance[o])+n.eps)
			if n.affine {
				scale *= float64(data[T](in[2])[o])
			}
			scales[o] = T(scale)
			for i := o * size; i < (o+1)*size; i++ {
				folded[i] = w[i] * scales[o]
			}
		}
		return nil
	}
	scaled := []*Node{w, n.variance}
	bias := newOp[T](b, n.name+" bias", n.mean.Shape())
	bias.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		folded, mean := data[T](out), data[T](in[1])
		in = in[2:] // after the folded weight and the mean: beta, if there is one, and the layer's bias, if there is one
		clear(folded)
		if n.affine {
			copy(folded, data[T](in[0]))
			in = in[1:]
		}
		for o := range folded {
			var before T
			if len(in) == 1 {
				before = data[T](in[0])[o]
			}
			folded[o] += (before - mean[o]) * scales[o]
		}
		return nil
	}
	if n.affine {
		scaled = append(scaled, n.children[1])
	}
	foldedWeight := b.apply(weight, scaled...)
	shifted := []*Node{foldedWeight, n.mean}
	if n.affine {
		shifted = append(shifted, n.children[2])
	}
	return []*Node{x, foldedWeight, b.apply(bias, append(shifted, children[2:]...)...)}
}
