package graph

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"anneal/internal/kernels/norm"
)

// sampleNorm is a layer that normalises each sample by its own statistics: GroupNorm, InstanceNorm, LayerNorm and
// RMSNorm. It computes the same in training and in evaluation programs.
type sampleNorm struct {
	norm.Settings
	n, c, spatial, groups int  // see norm.NewGroup
	elementwise           bool // x is [n, c] for norm.NewLayer, whatever spatial and groups are

	running *normLayer // whose running statistics a run moves; nil: there are none
}

// plan makes the layer's plan. Its inputs are x and, if there are such, gamma and beta.
func samplePlan[T Float](s sampleNorm) Plan[T] {
	var k norm.Sample[T]
	if s.elementwise {
		k = norm.NewLayer[T](s.n, s.c, s.Settings)
	} else {
		k = norm.NewGroup[T](s.n, s.c, s.spatial, s.groups, s.Settings)
	}
	input := func(v [][]T, i int) []T {
		if i < len(v) {
			return v[i]
		}
		return nil
	}
	return Plan[T]{
		Forward: func(c *Call[T]) error {
			k.Forward(c.Y, c.X[0], input(c.X, 1), input(c.X, 2))
			if s.running == nil || s.running.b.still {
				return nil
			}
			values, mean, variance := k.(norm.Instances).Statistics()
			return moved[T](*s.running, values, mean, variance)
		},
		Backward: func(c *Call[T]) error {
			k.Backward(c.DX[0], input(c.DX, 1), input(c.DX, 2), c.DY, c.X[0], c.Y, input(c.X, 1))
			return nil
		},
	}
}

// drawSampleNorm draws s with gamma and beta of this shape, if it has them. o has what is the layer's own.
func (b *Builder) drawSampleNorm(o Op, x *Node, c sampleConfig, shape tensor.Shape, s sampleNorm) *Node {
	if !(c.eps > 0) || math.IsInf(c.eps, 0) {
		return b.Fail(fmt.Errorf("graph: %s: eps %v: want a number greater than 0", o.Name, c.eps))
	}
	o.Inputs, o.Shape, o.Reads = []*Node{x}, x.Shape(), []int{0, Result}
	if c.affine {
		o.Inputs = append(o.Inputs, b.Param(o.Name+".weight", NormWeight, shape, Constant(1), Fan{}))
		o.Reads = append(o.Reads, 1)
		if c.beta {
			o.Inputs = append(o.Inputs, b.Param(o.Name+".bias", NormBias, shape, Constant(0), Fan{}))
		}
	}
	o.gradients = []string{"dx", "dgamma", "dbeta"}
	s.Eps = c.eps
	o.Float32 = func() Plan[float32] { return samplePlan[float32](s) }
	o.Float64 = func() Plan[float64] { return samplePlan[float64](s) }
	o.Fuse = func(next Op) *Op {
		if next.Kind != "ReLU" {
			return nil
		}
		both, rectified := o, s
		rectified.ReLU = true
		both.Name += " ReLU"
		both.Float32 = func() Plan[float32] { return samplePlan[float32](rectified) }
		both.Float64 = func() Plan[float64] { return samplePlan[float64](rectified) }
		both.Fuse = nil
		return &both
	}
	return b.Op(o)
}

// perChannel returns the geometry of x, [N, C, ...], with gamma and beta per channel.
func perChannel(x tensor.Shape, groups int) sampleNorm {
	return sampleNorm{n: x[0], c: x[1], spatial: x.TotalSize() / (x[0] * x[1]), groups: groups}
}
