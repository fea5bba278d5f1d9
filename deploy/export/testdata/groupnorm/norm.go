package groupnorm

import (
	"math"

	"gorgonia.org/tensor"

	"anneal/graph"
	"anneal/graph/kernel"
)

// GroupNorm normalises groups of channels of x, [N, C, H, W], by their own mean and variance: PyTorch's GroupNorm.
func GroupNorm(b *graph.Builder, name string, x *graph.Node, groups int) *graph.Node {
	s := x.Shape()
	gamma := b.Param(name+".weight", graph.NormWeight, tensor.Shape{s[1]}, graph.Constant(1), graph.Fan{})
	beta := b.Param(name+".bias", graph.NormBias, tensor.Shape{s[1]}, graph.Constant(0), graph.Fan{})
	return b.Op(graph.Op{
		Kind: "GroupNorm", Name: name, Inputs: []*graph.Node{x, gamma, beta}, Shape: s, ONNX: onnx(s[1], groups),
		Float32: func() graph.Plan[float32] { return plan[float32](s[0], s[1], s[2]*s[3], s[1]/groups) },
		Float64: func() graph.Plan[float64] { return plan[float64](s[0], s[1], s[2]*s[3], s[1]/groups) },
	})
}

// plan normalises groups of per of the c channels.
func plan[T graph.Float](n, c, size, per int) graph.Plan[T] {
	whole, planes := kernel.NewPlanes[T](n*c/per, per*size), kernel.NewPlanes[T](n*c, size)
	maps := make([]kernel.Map[T], n*c)
	inv := func(g int) T { return T(1 / math.Sqrt(whole.Var[g]+1e-5)) }
	forward := func(k *graph.Call[T]) error {
		whole.Moments(k.X[0])
		for i := range maps {
			maps[i] = kernel.Map[T]{Center: T(whole.Mean[i/per]), Scale: k.X[1][i%c] * inv(i/per), Shift: k.X[2][i%c]}
		}
		planes.Apply(k.Y, k.X[0], maps)
		return nil
	}
	return graph.Plan[T]{Forward: forward, Backward: func(k *graph.Call[T]) error {
		planes.Sums(k.DY, k.X[0], maps)
		clear(k.DX[1])
		clear(k.DX[2])
		for i := range maps {
			first, r := i/per*per, inv(i/per)
			k.DX[1][i%c], k.DX[2][i%c] = k.DX[1][i%c]+T(planes.Product[i])*r, k.DX[2][i%c]+T(planes.Sum[i])
			maps[i].Offset, maps[i].Slope = 0, 0
			for j := first; j < first+per; j++ {
				share := k.X[1][j%c] * r / T(per*size)
				maps[i].Offset -= T(planes.Sum[j]) * share
				maps[i].Slope -= T(planes.Product[j]) * share * r * r
			}
		}
		planes.Gradient(k.DX[0], k.DY, k.X[0], maps)
		return nil
	}}
}
