package graph

import "anneal/internal/kernels/norm"

// foldNorm draws the weight and bias with which a Conv2D or Linear computes its result already normalised by n's
// running statistics, for each output channel:
//
//	weight' = weight·gamma/√(var + eps),  bias' = beta + (bias − mean)·gamma/√(var + eps)
//
// Both are normalizations themselves, the first one without mean and beta. inputs are the layer's x, weight and, if
// there is one, bias. foldNorm returns the nodes that replace them. Every run computes them, since training may have
// moved the parameters. That takes one multiplication per weight.
func foldNorm(b *Builder, inputs []*Node, n normLayer) []*Node {
	w, channels := inputs[1], n.shape[1]
	weight := Op{
		Kind: n.name + " weight", Inputs: []*Node{w, n.variance}, Shape: w.Shape(),
		Float32: func() Plan[float32] { return foldedWeight[float32](n, channels, w.Shape().TotalSize()/channels) },
		Float64: func() Plan[float64] { return foldedWeight[float64](n, channels, w.Shape().TotalSize()/channels) },
	}
	bias := Op{
		Kind: n.name + " bias", Inputs: []*Node{n.mean, n.variance}, Shape: n.mean.Shape(),
		Float32: func() Plan[float32] { return foldedBias[float32](n, channels) },
		Float64: func() Plan[float64] { return foldedBias[float64](n, channels) },
	}
	if n.affine {
		weight.Inputs = append(weight.Inputs, n.inputs[1])
	}
	bias.Inputs = append(append(bias.Inputs, n.inputs[1:]...), inputs[2:]...)
	return []*Node{inputs[0], b.Op(weight), b.Op(bias)}
}

func foldedWeight[T Float](n normLayer, channels, size int) Plan[T] {
	k, none := norm.NewBatchNorm[T](1, channels, size, n.eps), make([]T, channels)
	return Plan[T]{Forward: func(c *Call[T]) error {
		k.ForwardEval(c.Y, c.X[0], third(c.X), nil, none, c.X[1])
		return nil
	}}
}

func foldedBias[T Float](n normLayer, channels int) Plan[T] {
	k, none := norm.NewBatchNorm[T](1, channels, 1, n.eps), make([]T, channels)
	return Plan[T]{Forward: func(c *Call[T]) error {
		mean, variance, before := c.X[0], c.X[1], none
		in := c.X[2:] // gamma and beta, if there are any, and the layer's bias, if there is one
		var gamma, beta []T
		if n.affine {
			gamma, beta, in = in[0], in[1], in[2:]
		}
		if len(in) == 1 {
			before = in[0]
		}
		k.ForwardEval(c.Y, before, gamma, beta, mean, variance)
		return nil
	}}
}
