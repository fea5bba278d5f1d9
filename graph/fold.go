package graph

import (
	"gorgonia.org/gorgonia"

	"anneal/internal/kernels"
	"anneal/internal/kernels/norm"
)

// foldNorm draws the weight and bias with which a Conv2D or Linear computes its result already normalised by n's
// running statistics, for each output channel:
//
//	weight' = weight·gamma/√(var + eps),  bias' = beta + (bias − mean)·gamma/√(var + eps)
//
// Both are normalizations themselves, the first one without mean and beta. children are the layer's x, weight and, if
// there is one, bias. foldNorm returns the nodes that replace them. Every run computes them, since training may have
// moved the parameters. That takes one multiplication per weight.
func foldNorm[T kernels.Float](b *Builder, children []*Node, n normLayer) []*Node {
	w, channels := children[1], n.shape[1]
	none := make([]T, channels)

	weight := newOp[T](b, n.name+" weight", w.Shape())
	scale := norm.NewBatchNorm[T](1, channels, w.Shape().TotalSize()/channels, n.eps)
	weight.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		var gamma []T
		if n.affine {
			gamma = Floats[T](in[2])
		}
		scale.ForwardEval(Floats[T](out), Floats[T](in[0]), gamma, nil, none, Floats[T](in[1]))
		return nil
	}
	scaled := []*Node{w, n.variance}
	if n.affine {
		scaled = append(scaled, n.children[1])
	}

	bias := newOp[T](b, n.name+" bias", n.mean.Shape())
	normalise := norm.NewBatchNorm[T](1, channels, 1, n.eps)
	bias.run = func(out gorgonia.Value, in []gorgonia.Value) error {
		mean, variance, before := Floats[T](in[0]), Floats[T](in[1]), none
		in = in[2:] // gamma and beta, if there are any, and the layer's bias, if there is one
		var gamma, beta []T
		if n.affine {
			gamma, beta, in = Floats[T](in[0]), Floats[T](in[1]), in[2:]
		}
		if len(in) == 1 {
			before = Floats[T](in[0])
		}
		normalise.ForwardEval(Floats[T](out), before, gamma, beta, mean, variance)
		return nil
	}
	shifted := append([]*Node{n.mean, n.variance}, n.children[1:]...)
	shifted = append(shifted, children[2:]...)
	return []*Node{children[0], b.apply(weight, scaled...), b.apply(bias, shifted...)}
}
