package graph

import "anneal/internal/kernels/norm"

// residual returns n and the sum with another node in one op, with relu also ReLU, or nil if add is not such a sum.
// Virtual batches and features, [N, C], have no such op.
func (n normLayer) residual(add Op, relu bool) *Op {
	if add.Kind != "Add" || len(add.Inputs) != 2 || !n.adds() || add.Inputs[0] == add.Inputs[1] {
		return nil
	}
	kind := n.name + " Add"
	if relu {
		kind += " ReLU"
	}
	o := n.op(kind, n.shape, nil, nil)
	for i := range o.Inputs {
		o.Reads = append(o.Reads, i)
	}
	o.Reads = append(o.Reads, Result)
	o.sums = true
	o.Inputs = append(o.Inputs, add.Inputs[1])
	samples, channels, spatial := n.shape[0], n.shape[1], n.spatial()
	o.Float32 = func() Plan[float32] {
		return residualPlan(n, norm.NewResidual[float32](samples, channels, spatial, n.eps, relu))
	}
	o.Float64 = func() Plan[float64] {
		return residualPlan(n, norm.NewResidual[float64](samples, channels, spatial, n.eps, relu))
	}
	if !relu {
		o.Fuse = func(next Op) *Op {
			if next.Kind != "ReLU" {
				return nil
			}
			return n.residual(add, true)
		}
	}
	return &o
}

// adds reports whether n may be fused with a sum.
func (n normLayer) adds() bool { return n.spatial() > 1 && (n.ghost == 0 || n.held) }

// residualPlan returns the plan of n plus the last input.
func residualPlan[T Float](n normLayer, k *norm.Residual[T]) Plan[T] {
	p := normPlan[T](n, k)
	forward, backward := p.Forward, p.Backward
	var alone Call[T] // without the last input
	p.Forward = func(c *Call[T]) error {
		last := len(c.X) - 1
		k.With(c.X[last])
		alone = *c
		alone.X = c.X[:last]
		return forward(&alone)
	}
	p.Backward = func(c *Call[T]) error {
		last := len(c.X) - 1
		k.Into(c.DX[last])
		k.Plus(c.more)
		alone = *c
		alone.X, alone.DX = c.X[:last], c.DX[:last]
		return backward(&alone)
	}
	return p
}
